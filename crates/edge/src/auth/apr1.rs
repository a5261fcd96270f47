//! Apache's MD5 hash, `$apr1$SALT$HASH`: FreeBSD's MD5-crypt with another magic word. Weak by today's measure and still
//! what `htpasswd` writes by default, so it is read and warned about.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

const MAGIC: &str = "$apr1$";

/// The alphabet of crypt(3), which is not base64's.
const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How often the digest is stirred. Fixed by the format.
const ROUNDS: usize = 1000;

/// A parsed hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Apr1 {
    salt: String,
    hash: String,
}

impl Apr1 {
    /// Reads `$apr1$SALT$HASH`: up to eight characters of salt, 22 of hash.
    pub(super) fn parse(text: &str) -> Option<Apr1> {
        let (salt, hash) = text.strip_prefix(MAGIC)?.split_once('$')?;
        let sound = |text: &str| text.bytes().all(|byte| ALPHABET.contains(&byte));
        let is_sound =
            salt.len() <= 8 && hash.len() == 22 && sound(hash) && salt.bytes().all(|b| b.is_ascii_graphic());
        is_sound.then(|| Apr1 { salt: salt.to_owned(), hash: hash.to_owned() })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let digest = stir(password, self.salt.as_bytes());
        encode(&digest).ct_eq(self.hash.as_bytes()).into()
    }
}

fn stir(password: &[u8], salt: &[u8]) -> [u8; 16] {
    let inner: [u8; 16] =
        Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize().into();
    let mut outer = Md5::new().chain_update(password).chain_update(MAGIC).chain_update(salt);
    for chunk in password.chunks(inner.len()) {
        outer.update(&inner[..chunk.len()]);
    }
    // One byte per bit of the length: zero for a one, the first of the password for a zero. Somebody's slip of 1994.
    let mut length = password.len();
    while length > 0 {
        outer.update(if length & 1 == 1 { &[0] } else { &password[..1] });
        length >>= 1;
    }
    let mut digest: [u8; 16] = outer.finalize().into();
    for round in 0..ROUNDS {
        let is_odd = round % 2 == 1;
        let mut next = Md5::new();
        next.update(if is_odd { password } else { &digest });
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        next.update(if is_odd { &digest[..] } else { password });
        digest = next.finalize().into();
    }
    digest
}

/// Three bytes to four characters, low bits first, the bytes picked in the format's own order.
fn encode(digest: &[u8; 16]) -> [u8; 22] {
    const ORDER: [[usize; 3]; 5] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];
    let mut text = [0; 22];
    let mut write = |place: usize, characters: usize, mut bits: u32| {
        for character in &mut text[place..place + characters] {
            *character = ALPHABET[(bits & 0x3f) as usize];
            bits >>= 6;
        }
    };
    for (group, [high, middle, low]) in ORDER.into_iter().enumerate() {
        let [high, middle, low] = [high, middle, low].map(|place| u32::from(digest[place]));
        write(group * 4, 4, high << 16 | middle << 8 | low);
    }
    write(20, 2, u32::from(digest[11]));
    text
}

#[cfg(test)]
mod tests {
    use super::Apr1;

    /// Made with `openssl passwd -apr1 -salt SALT PASSWORD`.
    const VECTORS: &[(&str, &str)] = &[
        ("secret", "$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0"),
        ("", "$apr1$x$tMwYqBfQwi3FYAr0aJc8M/"),
        ("a", "$apr1$12345678$68ZQVfPkWX/wcXr/41VxQ."),
        ("0123456789abcdef", "$apr1$abc$yWxGS/hDoDlT/I0f4OdfM1"),
        ("0123456789abcdefg", "$apr1$abcd$koPz8wjCpAXuZ0xWn8h4G/"),
        ("pässwörd", "$apr1$./AZaz09$yhWgqMrGhxqqphl02ZQn/."),
        (
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "$apr1$long$gPbU3FqhLhxVocjtiTwdh0",
        ),
    ];

    #[test]
    fn openssls_hashes_are_verified() {
        for (password, hash) in VECTORS {
            let parsed = Apr1::parse(hash).unwrap();
            assert!(parsed.verify(password.as_bytes()), "{password:?} against {hash}");
            assert!(!parsed.verify(format!("{password}x").as_bytes()), "{password:?}x against {hash}");
        }
    }

    #[test]
    fn what_is_not_one_is_not_read() {
        for text in [
            "$apr1$",
            "$apr1$salt",
            "$apr1$salt$short",
            "$1$salt$0123456789012345678901",
            "$apr1$123456789$0123456789012345678901",
        ] {
            assert!(Apr1::parse(text).is_none(), "{text}");
        }
    }
}
