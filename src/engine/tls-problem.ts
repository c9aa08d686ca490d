/** A failure of TLS in words, and what a person can do. */
interface TlsProblem {
  readonly message: string;
  readonly hint: string;
}

const ours = 'check our certificate and its key: `cert` and `key` of the list of engines, or those in DOCKER_CERT_PATH';
const theirs = 'name the authority that signed it: `ca` of the list of engines, or ca.pem in DOCKER_CERT_PATH';

const byCode: ReadonlyMap<string, TlsProblem> = new Map([
  ...[
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_SIGNATURE_FAILURE',
  ].map(
    (code) =>
      [code, { message: "the server's certificate is signed by nobody that is trusted", hint: theirs }] as const,
  ),
  ['CERT_HAS_EXPIRED', { message: "the server's certificate has expired", hint: 'renew it on the engine' }],
  [
    'CERT_NOT_YET_VALID',
    { message: "the server's certificate is not valid yet", hint: 'compare the clocks of both machines' },
  ],
]);

const wantsCertificate = /alert certificate required|peer did not return a certificate/i;
const refusesCertificate = /alert (unknown ca|bad certificate|certificate|unsupported certificate|access denied)/i;

/** Whether the other side speaks of our certificate, whatever the error's code. */
export const isAboutCertificate = (text: string): boolean =>
  wantsCertificate.test(text) || refusesCertificate.test(text);

/**
 * What a TLS error says, by its code and, for what the other side sends, by its words; `undefined`: none of TLS's.
 * Some engines call a certificate bad that they were not shown.
 */
export function tlsProblem(code: string, text: string, isShownOurs: boolean): TlsProblem | undefined {
  const known = byCode.get(code);
  if (known !== undefined) return known;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = /altnames: (.*)$/s.exec(text)?.[1] ?? text;
    return {
      message: `the server's certificate is for another host (${names})`,
      hint: 'use a host name or address that the certificate is for',
    };
  }
  if (wantsCertificate.test(text) || (!isShownOurs && refusesCertificate.test(text))) {
    return { message: 'the engine wants a certificate of ours', hint: ours };
  }
  if (refusesCertificate.test(text)) {
    return { message: 'the engine does not accept our certificate', hint: ours };
  }
  if (!/^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_OSSL)/.test(code)) return undefined;
  return { message: text.trim(), hint: 'check the certificates of both sides' };
}
