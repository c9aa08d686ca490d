/** A person with a browser, as far as WordPress can tell. */
export interface Visitor {
  /** Goes through the installation's form and logs in. */
  readonly install: () => Promise<void>;
  /** Publishes a post and gives its address. */
  readonly publish: (title: string, content: string) => Promise<string>;
  /** A page's text; refuses any answer but 200. */
  readonly read: (path: string) => Promise<string>;
}

const account = { name: 'editor', password: 'correct horse battery staple' };

/** Keeps cookies from page to page, as a browser does. */
export function visit(site: string): Visitor {
  const cookies = new Map<string, string>();
  const request = async (path: string, options: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(options.headers as Record<string, string> | undefined), Cookie: cookie };
    const answer = await fetch(new URL(path, site), {
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
      ...options,
      headers,
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
  const read = async (path: string): Promise<string> => textOf(await request(path), 200);
  const submit = async (path: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
    request(path, { method: 'POST', body: new URLSearchParams(fields) });

  return {
    read,
    install: async () => {
      await read('/wp-admin/install.php');
      const done = await textOf(await submit('/wp-admin/install.php?step=2', installation), 200);
      if (!done.includes('WordPress has been installed')) throw new Error(`not installed: ${done}`);
      await read('/wp-login.php');
      await textOf(await submit('/wp-login.php', { log: account.name, pwd: account.password, testcookie: '1' }), 302);
    },
    publish: async (title, content) => {
      const nonce = await read('/wp-admin/admin-ajax.php?action=rest-nonce');
      const answer = await request('/?rest_route=/wp/v2/posts', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-WP-Nonce': nonce },
        body: JSON.stringify({ title, content, status: 'publish' }),
      });
      const { link } = JSON.parse(await textOf(answer, 201)) as { link: string };
      return link;
    },
  };
}

const installation = {
  weblog_title: 'A stack of posts',
  user_name: account.name,
  admin_password: account.password,
  admin_password2: account.password,
  admin_email: 'editor@example.com',
  blog_public: '0',
  language: '',
};

async function textOf(answer: Response, status: number): Promise<string> {
  const text = await answer.text();
  if (answer.status !== status)
    throw new Error(`${answer.url}: ${answer.status}, not ${status}\n${text.slice(0, 2000)}`);
  return text;
}
