//! A certificate authority of the tests' own, and a certificate for the name under which proxies and gateways are called:
//! as one would be bought, so that a scanner has nothing to say but that nobody knows the authority.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

/// The name that clients call.
pub(crate) const NAME: &str = "prime.example";

/// How long a certificate is good: well below what browsers and Mozilla's profiles accept.
const DAYS: i64 = 90;

/// Where the files are, all PEM.
pub(crate) struct Certificates {
    /// The authority's own: what a client trusts.
    pub(crate) authority: PathBuf,
    /// The server's.
    pub(crate) certificate: PathBuf,
    /// Its private key.
    pub(crate) key: PathBuf,
    /// The certificate and its key in one file, as HAProxy wants them.
    pub(crate) both: PathBuf,
}

impl Certificates {
    /// Makes an authority and has it sign a certificate for [`NAME`]; the authority's key is forgotten.
    pub(crate) fn write(folder: &Path) -> Certificates {
        let mut params = params("Authority of the tests", Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();

        let mut params = self::params(NAME, vec![NAME.to_owned()]);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap().pem();
        let key = key.serialize_pem();

        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        Certificates {
            authority: write("authority.pem", &authority.pem()),
            certificate: write("certificate.pem", &certificate),
            key: write("key.pem", &key),
            both: write("both.pem", &format!("{certificate}{key}")),
        }
    }
}

fn params(common_name: &str, names: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    // A day early, so that no time zone matters.
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let midnight = |days: i64| {
        let date = today.checked_add(days.days()).unwrap();
        date_time_ymd(date.year().into(), date.month() as u8, date.day() as u8)
    };
    params.not_before = midnight(-1);
    params.not_after = midnight(DAYS);
    params
}
