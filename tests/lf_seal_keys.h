/* Throwaway keys made by gpg and openssl for tests, and what those two sealed by them. */
#ifndef LF_SEAL_KEYS_H
#define LF_SEAL_KEYS_H

__attribute__((unused)) static const char NODE_PGP[] =
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"
    "\n"
    "lFgEawP9YhYJKwYBBAHaRw8BAQdADfzMMR5g2Fi8jlSgbajNb8MYXrZPFvW+xU6z\n"
    "wi47MIMAAP9B4Hlvyw/1TfGNVa4I68ceDXuXH1hJq78+GK8RVqNZ/RArtBhOb2Rl\n"
    "IDxub2RlQGNlcnQuZXhhbXBsZT6IkAQTFggAOBYhBDR/lXhdtieuoXQgDtIdsDGg\n"
    "neg1BQJrA/1iAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJENIdsDGgneg1\n"
    "IMQA/2I3lY5xCLh0jM5m8tPUsQQV4VohsZjDhg1skMiXlqDJAQC/YwQonNQ1BRRM\n"
    "z7OsbekORTLQHiXKA/0f5qEFOF/fAZxdBGsD/WISCisGAQQBl1UBBQEBB0BlP8I9\n"
    "/bsoqTEdsVzOEincYWlRe/mLTSFPZAPr70D8YAMBCAcAAP9txwU708mYmMNEj/WE\n"
    "5KUw7rAiIXh5agyrOpW6vNy1oBJwiHgEGBYIACAWIQQ0f5V4XbYnrqF0IA7SHbAx\n"
    "oJ3oNQUCawP9YgIbDAAKCRDSHbAxoJ3oNXLkAQC1XuZzmUhVT4KSRYe4I6793S4J\n"
    "19q2MOBaOmwFrNfbYwEA9IpcFp4X8WXhXxT3kEZ7Aaa6aPQrjdwxEnDu7ylAcwY=\n"
    "=nBAP\n"
    "-----END PGP PRIVATE KEY BLOCK-----\n";

__attribute__((unused)) static const char NODE_PGP_PUBLIC[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mDMEawP9YhYJKwYBBAHaRw8BAQdADfzMMR5g2Fi8jlSgbajNb8MYXrZPFvW+xU6z\n"
    "wi47MIO0GE5vZGUgPG5vZGVAY2VydC5leGFtcGxlPoiQBBMWCAA4FiEENH+VeF22\n"
    "J66hdCAO0h2wMaCd6DUFAmsD/WICGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AA\n"
    "CgkQ0h2wMaCd6DUgxAD/YjeVjnEIuHSMzmby09SxBBXhWiGxmMOGDWyQyJeWoMkB\n"
    "AL9jBCic1DUFFEzPs6xt6Q5FMtAeJcoD/R/moQU4X98BuDgEawP9YhIKKwYBBAGX\n"
    "VQEFAQEHQGU/wj39uyipMR2xXM4SKdxhaVF7+YtNIU9kA+vvQPxgAwEIB4h4BBgW\n"
    "CAAgFiEENH+VeF22J66hdCAO0h2wMaCd6DUFAmsD/WICGwwACgkQ0h2wMaCd6DVy\n"
    "5AEAtV7mc5lIVU+CkkWHuCOu/d0uCdfatjDgWjpsBazX22MBAPSKXBaeF/Fl4V8U\n"
    "95BGewGmumj0K43cMRJw7u8pQHMG\n"
    "=dYdu\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

__attribute__((unused)) static const char ANN_PGP[] =
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"
    "\n"
    "lFgEawP9YhYJKwYBBAHaRw8BAQdAiAK6XKI7ILcPzf5QsBgqjs5+FSEB/gcS8eC6\n"
    "IAa8h64AAP0Qc6qYr4ghWHalAJWPm6pqyPcRqV84V8tXqomfGufuhxExtBdBbm4g\n"
    "PGFubkB3YXRlci5leGFtcGxlPoiQBBMWCAA4FiEETDEEzqAl/Xv60SeCBJwMvVnj\n"
    "qbgFAmsD/WICGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQBJwMvVnjqbjp\n"
    "QwD/eLKlfG8spp7uK+jiaQcUzmM4IqPn7BJgkhHtFoCYirkBAJkvtXryZLZGd13y\n"
    "uA2oIN3BPNP1yBytr2sqrGvRXpcCnF0EawP9YhIKKwYBBAGXVQEFAQEHQPMzd5c0\n"
    "RriX6UZB0SWzWluMVSamZzFgVtSX4QczdwRZAwEIBwAA/3lnSSZ/Q/w4v9hwX/Y6\n"
    "Bxl8IEUUStumezuDlFeHYlmYDriIeAQYFggAIBYhBEwxBM6gJf17+tEnggScDL1Z\n"
    "46m4BQJrA/1iAhsMAAoJEAScDL1Z46m4gXQBAJr1RD+nOPKEG+rbU8/aoukiNwtd\n"
    "cFbpXYvaMp4ByvKdAQDEgiedKbm+9sYRwSXyS3HX9POOzk+NdTMRDvn7JljVCQ==\n"
    "=wmso\n"
    "-----END PGP PRIVATE KEY BLOCK-----\n";

__attribute__((unused)) static const char ANN_PGP_PUBLIC[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mDMEawP9YhYJKwYBBAHaRw8BAQdAiAK6XKI7ILcPzf5QsBgqjs5+FSEB/gcS8eC6\n"
    "IAa8h660F0FubiA8YW5uQHdhdGVyLmV4YW1wbGU+iJAEExYIADgWIQRMMQTOoCX9\n"
    "e/rRJ4IEnAy9WeOpuAUCawP9YgIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK\n"
    "CRAEnAy9WeOpuOlDAP94sqV8byymnu4r6OJpBxTOYzgio+fsEmCSEe0WgJiKuQEA\n"
    "mS+1evJktkZ3XfK4Dagg3cE80/XIHK2vayqsa9FelwK4OARrA/1iEgorBgEEAZdV\n"
    "AQUBAQdA8zN3lzRGuJfpRkHRJbNaW4xVJqZnMWBW1JfhBzN3BFkDAQgHiHgEGBYI\n"
    "ACAWIQRMMQTOoCX9e/rRJ4IEnAy9WeOpuAUCawP9YgIbDAAKCRAEnAy9WeOpuIF0\n"
    "AQCa9UQ/pzjyhBvq21PP2qLpIjcLXXBW6V2L2jKeAcrynQEAxIInnSm5vvbGEcEl\n"
    "8ktx1/Tzjs5PjXUzEQ75+yZY1Qk=\n"
    "=mzsD\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

__attribute__((unused)) static const char END_PGP_PUBLIC[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mDMEawP9YhYJKwYBBAHaRw8BAQdAHW9nlsWbjUy9TqUQHVVWiVVxMGr5+r3HEJdf\n"
    "lGm09+m0F0VuZCA8ZW5kQHdhdGVyLmV4YW1wbGU+iJYEExYIAD4WIQTwaThcl21z\n"
    "cEKkz145211oNfbBvAUCawP9YgIbAwUJADOX3gULCQgHAgYVCgkICwIEFgIDAQIe\n"
    "AQIXgAAKCRA5211oNfbBvAJBAQDuQXYY5WqxVav4LRG4P4Izhozc4SbC5xBZZa2I\n"
    "U8JzvwEAsOnla9vQI6rq7qlWEvplJyXs4064RhvYf7TzgNR2HgC4OARrA/1iEgor\n"
    "BgEEAZdVAQUBAQdAmbVARdHzxbU2WdA5IdqunoE9h095hWZG9mOWTa4VF2IDAQgH\n"
    "iHgEGBYIACAWIQTwaThcl21zcEKkz145211oNfbBvAUCawP9YgIbDAAKCRA5211o\n"
    "NfbBvJzOAQDd5EDTlutClSu6m2kzafZNeCAUt/hBGKPj7UD65dYRXAD/bTBhwkBm\n"
    "h3+9u+Dc+bPiQPUwxdaF5XByJccYKt7/2wY=\n"
    "=bn7t\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

__attribute__((unused)) static const char END_PGP[] =
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"
    "\n"
    "lFgEawP9YhYJKwYBBAHaRw8BAQdAHW9nlsWbjUy9TqUQHVVWiVVxMGr5+r3HEJdf\n"
    "lGm09+kAAP9Nao70sTSj20BC7Bfwpg8Uyn7QZ688IU0cszWeoO48GRA2tBdFbmQg\n"
    "PGVuZEB3YXRlci5leGFtcGxlPoiWBBMWCAA+FiEE8Gk4XJdtc3BCpM9eOdtdaDX2\n"
    "wbwFAmsD/WICGwMFCQAzl94FCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQOdtd\n"
    "aDX2wbwCQQEA7kF2GOVqsVWr+C0RuD+CM4aM3OEmwucQWWWtiFPCc78BALDp5Wvb\n"
    "0COq6u6pVhL6ZScl7ONOuEYb2H+084DUdh4AnF0EawP9YhIKKwYBBAGXVQEFAQEH\n"
    "QJm1QEXR88W1NlnQOSHarp6BPYdPeYVmRvZjlk2uFRdiAwEIBwAA/3TAk3Wc22MS\n"
    "6iPznMxAybO1+bOj4ggQx0tP1EJH0MrIE2mIeAQYFggAIBYhBPBpOFyXbXNwQqTP\n"
    "XjnbXWg19sG8BQJrA/1iAhsMAAoJEDnbXWg19sG8nM4BAN3kQNOW60KVK7qbaTNp\n"
    "9k14IBS3+EEYo+PtQPrl1hFcAP9tMGHCQGaHf7274Nz5s+JA9TDF1oXlcHIlxxgq\n"
    "3v/bBg==\n"
    "=z5bC\n"
    "-----END PGP PRIVATE KEY BLOCK-----\n";

__attribute__((unused)) static const char NODE_CMS[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgppSG0To7W133SGPg\n"
    "vM7Jv+zH/1tjdGC5b4qbco05TL2hRANCAAS8zWa4JoYrP3lSoo0Yt1BAygjcGpwf\n"
    "blk5HVhilczmFoovvUbxv9J5+W8FYuhv+PDQ3Pe4V+J/zA5IKZZ4lKxa\n"
    "-----END PRIVATE KEY-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBuzCCAWCgAwIBAgIULxWF/0Ie7nOsCx15p9iu+YknBFkwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEbm9kZTAgFw0yNjExMjMwODQ2MjZaGA8yMTI2MTAzMDA4NDYy\n"
    "NlowDzENMAsGA1UEAwwEbm9kZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLzN\n"
    "Zrgmhis/eVKijRi3UEDKCNwanB9uWTkdWGKVzOYWii+9RvG/0nn5bwVi6G/48NDc\n"
    "97hX4n/MDkgplniUrFqjgZcwgZQwHQYDVR0OBBYEFCEi08EAM8vtJB6L1d3r+dVG\n"
    "yk02MB8GA1UdIwQYMBaAFCEi08EAM8vtJB6L1d3r+dVGyk02MA8GA1UdEwEB/wQF\n"
    "MAMBAf8wHAYDVR0RBBUwE4ERbm9kZUBjZXJ0LmV4YW1wbGUwDgYDVR0PAQH/BAQD\n"
    "AgOIMBMGA1UdJQQMMAoGCCsGAQUFBwMEMAoGCCqGSM49BAMCA0kAMEYCIQDzvfvQ\n"
    "OIZn0pvl37w7o9ibcfWuZUndtmhVHPqKVFz4TAIhAO7BTRu/FAO0huGAPjtNVNCX\n"
    "NBrpqMkihgwd/0FYqUdX\n"
    "-----END CERTIFICATE-----\n";

__attribute__((unused)) static const char NODE_CMS_PUBLIC[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBuzCCAWCgAwIBAgIULxWF/0Ie7nOsCx15p9iu+YknBFkwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEbm9kZTAgFw0yNjExMjMwODQ2MjZaGA8yMTI2MTAzMDA4NDYy\n"
    "NlowDzENMAsGA1UEAwwEbm9kZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLzN\n"
    "Zrgmhis/eVKijRi3UEDKCNwanB9uWTkdWGKVzOYWii+9RvG/0nn5bwVi6G/48NDc\n"
    "97hX4n/MDkgplniUrFqjgZcwgZQwHQYDVR0OBBYEFCEi08EAM8vtJB6L1d3r+dVG\n"
    "yk02MB8GA1UdIwQYMBaAFCEi08EAM8vtJB6L1d3r+dVGyk02MA8GA1UdEwEB/wQF\n"
    "MAMBAf8wHAYDVR0RBBUwE4ERbm9kZUBjZXJ0LmV4YW1wbGUwDgYDVR0PAQH/BAQD\n"
    "AgOIMBMGA1UdJQQMMAoGCCsGAQUFBwMEMAoGCCqGSM49BAMCA0kAMEYCIQDzvfvQ\n"
    "OIZn0pvl37w7o9ibcfWuZUndtmhVHPqKVFz4TAIhAO7BTRu/FAO0huGAPjtNVNCX\n"
    "NBrpqMkihgwd/0FYqUdX\n"
    "-----END CERTIFICATE-----\n";

__attribute__((unused)) static const char ANN_CMS[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmxCu1NXr2UiIsK04\n"
    "EkdHWCbGsmssu7DQGOWZVmxsnyuhRANCAARR+J+9Q8RfJohQECus2zVHGPSIH7/e\n"
    "olUZcyD8Wb4+Ix01cARx+NiG+uWKvpEY5PC6fXuz1QbtRzV/YV0Z8pWJ\n"
    "-----END PRIVATE KEY-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBuDCCAV6gAwIBAgIULnKTHyMz0rOIEK89zROXBbAGSn0wCgYIKoZIzj0EAwIw\n"
    "DjEMMAoGA1UEAwwDYW5uMCAXDTI2MTEyMzA4NDYyNloYDzIxMjYxMDMwMDg0NjI2\n"
    "WjAOMQwwCgYDVQQDDANhbm4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARR+J+9\n"
    "Q8RfJohQECus2zVHGPSIH7/eolUZcyD8Wb4+Ix01cARx+NiG+uWKvpEY5PC6fXuz\n"
    "1QbtRzV/YV0Z8pWJo4GXMIGUMB0GA1UdDgQWBBRSHouwbvAjpvLrZ4ugvBheBxUq\n"
    "VDAfBgNVHSMEGDAWgBRSHouwbvAjpvLrZ4ugvBheBxUqVDAPBgNVHRMBAf8EBTAD\n"
    "AQH/MBwGA1UdEQQVMBOBEWFubkB3YXRlci5leGFtcGxlMA4GA1UdDwEB/wQEAwID\n"
    "iDATBgNVHSUEDDAKBggrBgEFBQcDBDAKBggqhkjOPQQDAgNIADBFAiBl8tesPewp\n"
    "o0HmLxb+9FXOVIr7WzHyNMDO0Th6T/j7bgIhAJmhMMEwlUxh9SbnD1yXE5tsW1qz\n"
    "cVUc1Resjlj80Cl7\n"
    "-----END CERTIFICATE-----\n";

__attribute__((unused)) static const char ANN_CMS_PUBLIC[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBuDCCAV6gAwIBAgIULnKTHyMz0rOIEK89zROXBbAGSn0wCgYIKoZIzj0EAwIw\n"
    "DjEMMAoGA1UEAwwDYW5uMCAXDTI2MTEyMzA4NDYyNloYDzIxMjYxMDMwMDg0NjI2\n"
    "WjAOMQwwCgYDVQQDDANhbm4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARR+J+9\n"
    "Q8RfJohQECus2zVHGPSIH7/eolUZcyD8Wb4+Ix01cARx+NiG+uWKvpEY5PC6fXuz\n"
    "1QbtRzV/YV0Z8pWJo4GXMIGUMB0GA1UdDgQWBBRSHouwbvAjpvLrZ4ugvBheBxUq\n"
    "VDAfBgNVHSMEGDAWgBRSHouwbvAjpvLrZ4ugvBheBxUqVDAPBgNVHRMBAf8EBTAD\n"
    "AQH/MBwGA1UdEQQVMBOBEWFubkB3YXRlci5leGFtcGxlMA4GA1UdDwEB/wQEAwID\n"
    "iDATBgNVHSUEDDAKBggrBgEFBQcDBDAKBggqhkjOPQQDAgNIADBFAiBl8tesPewp\n"
    "o0HmLxb+9FXOVIr7WzHyNMDO0Th6T/j7bgIhAJmhMMEwlUxh9SbnD1yXE5tsW1qz\n"
    "cVUc1Resjlj80Cl7\n"
    "-----END CERTIFICATE-----\n";

__attribute__((unused)) static const char GPG_SIGNATURE[] =
    "-----BEGIN PGP SIGNATURE-----\n"
    "\n"
    "iIcEABYIADAWIQRMMQTOoCX9e/rRJ4IEnAy9WeOpuAUCawP9YhIcYW5uQHdhdGVy\n"
    "LmV4YW1wbGUACgkQBJwMvVnjqbh1GgD/dgIzyNm1T08MmERhtS6/WSYFLGTjH7BF\n"
    "+yOSZMc+0qQA+PXWuhxEXbQrxwuW14YCHcL6IoTNHMAHtUD0cUow2wU=\n"
    "=NOkv\n"
    "-----END PGP SIGNATURE-----\n";

__attribute__((unused)) static const char GPG_MESSAGE[] =
    "-----BEGIN PGP MESSAGE-----\n"
    "\n"
    "hF4D6hieEaB6uuASAQdAw/+fGFobGHvnXZD1dc39IfPLgny3XSNei21NLyqGZwQw\n"
    "4yaIXCueztXYteF7Jgh0TlEvGbe4lZhRmF6ZPcunLUEdbT19SZ3599zETuWgYN15\n"
    "0sAuARZjz532B9aHBYseJaBRzn2X+ancORqokfYleKZH4+xTMnFWKcA650J/mTCf\n"
    "HF7nwdAk4O3hRpkWtkzVgq25ClJfvAm73m7yWez9MbPgQl3nGytIpw09hLspj/Gs\n"
    "hAR4kOC8HFdgJtofxINAZja/vU5Qh3QfNNOH1QYN6vUktGOdaC+0NYphXpXTOYBv\n"
    "tssKRPDRqYEghH2CTvqqgpRTJq1NmtBqEcb8DyJ13+c7+nsp4K+YDqttZzyj2piV\n"
    "kZM1z2pzJkTg2NcxWguNvMVAyg7msI/eXnJtxrDUnQtThZh08+QtDA84VeIWyFc3\n"
    "Cg==\n"
    "=UKSV\n"
    "-----END PGP MESSAGE-----\n";

#define ANN_PGP_FINGERPRINT "4c3104cea025fd7bfad12782049c0cbd59e3a9b8"
#define SEALED_BODY "Content-Type: text/plain\r\n\r\nhello\r\n"

#endif
