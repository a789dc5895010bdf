-- Of a token that is a certificate: the SHA-256 of its public key in hex (docs/adr/0039); empty: a secret text.
ALTER TABLE api_token ADD COLUMN pin TEXT COLLATE "C" NOT NULL DEFAULT '';
