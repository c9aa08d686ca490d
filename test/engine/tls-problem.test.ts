import { expect, test } from 'vitest';

import { isAboutCertificate, tlsProblem } from '../../src/engine/tls-problem.ts';

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', /signed by nobody that is trusted/],
  ['CERT_HAS_EXPIRED', 'certificate has expired', /has expired/],
  ['CERT_NOT_YET_VALID', 'certificate is not yet valid', /not valid yet/],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    "Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list: ",
    /for another host \(IP: 10\.0\.0\.1 is not/,
  ],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required', /wants a certificate of ours/],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ssl3_read_bytes:tlsv1 alert unknown ca', /does not accept our certificate/],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'sslv3 alert certificate expired', /does not accept our certificate/],
  ['ERR_OSSL_PEM_NO_START_LINE', 'no start line', /no start line/],
])('%s is said in words', (code, text, message) => {
  expect(tlsProblem(code, text, true)?.message).toMatch(message);
});

test('what is none of the errors of TLS is left to others', () => {
  expect(tlsProblem('ECONNRESET', 'read ECONNRESET', true)).toBeUndefined();
});

test.each([
  ['write EPROTO 80:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required', true],
  ['write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number', false],
])('%s is about our certificate: %s', (text, expected) => {
  expect(isAboutCertificate(text)).toBe(expected);
});

test('a certificate that is called bad and was not shown is one that is missing', () => {
  expect(tlsProblem('EPROTO', 'tlsv1 alert bad certificate', false)?.message).toBe(
    'the engine wants a certificate of ours',
  );
});
