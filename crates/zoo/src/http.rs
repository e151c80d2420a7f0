//! Requests: one file of one address, from a byte on, over `https` alone.

use std::env;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::error::ZooError;

/// So many times a server may send us elsewhere.
const MOST_REDIRECTS: usize = 5;

/// Fetches addresses.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    loopback: bool,
}

/// What a server sent: a body, and where it belongs.
pub(crate) struct Answer {
    /// The byte of the file that the body begins with.
    pub(crate) start: u64,
    /// The length of the whole file, where the server says it.
    pub(crate) total: Option<u64>,
    /// Whether the end of the body can be told from a cut connection.
    pub(crate) framed: bool,
    /// What names this version of the file: a strong ETag, else the time of its last change.
    pub(crate) validator: Option<String>,
    /// The bytes.
    pub(crate) body: Box<dyn Read>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// It will be the same next time.
    Refused(ZooError),
    /// The range asked for is not there.
    NoSuchRange,
    /// The connection failed, or the server is out of order at the moment.
    Trouble(ZooError),
}

impl Client {
    /// A server that is silent for `patience` is taken for gone. `loopback` also allows `http` to this machine itself, which tests
    /// need; proxies are then left alone.
    ///
    /// A server must be vouched for by one of Mozilla's authorities, or, where `SSL_CERT_FILE` is set, by one of that file's: so it is
    /// with curl, git and pip, and behind the proxy of a company nothing else works.
    pub(crate) fn new(patience: Duration, loopback: bool) -> Result<Client, ZooError> {
        let own = env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let roots = own.map_or(Ok(RootCerts::WebPki), |path| authorities(&path))?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .https_only(!loopback)
            .user_agent(concat!("vtk/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(patience))
            .timeout_per_read(Some(patience))
            .timeout_per_write(Some(patience))
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        if loopback {
            config = config.proxy(None);
        }
        Ok(Client { agent: config.build().new_agent(), loopback })
    }

    /// Asks for a file from byte `from` on, if it still is the version that `validator` names; follows redirects.
    pub(crate) fn get(&self, url: &str, from: u64, validator: Option<&str>) -> Result<Answer, NoAnswer> {
        let mut at = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let uri = self.allowed(url, &at).map_err(NoAnswer::Refused)?;
            let mut request = self.agent.get(&uri).header("accept-encoding", "identity");
            if from > 0 {
                request = request.header("range", format!("bytes={from}-"));
                if let Some(validator) = validator {
                    request = request.header("if-range", validator);
                }
            }
            let response = request.call().map_err(|e| NoAnswer::Trouble(failed(url, in_words(&e))))?;
            let (head, body) = response.into_parts();
            match head.status {
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    let to = text(&head.headers, "location").and_then(|to| join(&uri, to));
                    at = to.ok_or_else(|| NoAnswer::Refused(failed(url, "redirects to nowhere".to_owned())))?;
                }
                status => return answer(url, status, &head.headers, Box::new(body.into_reader())),
            }
        }
        Err(NoAnswer::Refused(failed(url, format!("redirects more than {MOST_REDIRECTS} times"))))
    }

    /// An address that may be asked: `https`, and no name and password in it.
    fn allowed(&self, url: &str, at: &str) -> Result<Uri, ZooError> {
        let uri: Uri = at.parse().map_err(|e| failed(url, format!("`{at}` is not an address: {e}")))?;
        let here = self.loopback && uri.scheme_str() == Some("http") && uri.host() == Some("127.0.0.1");
        let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if plain && (here || uri.scheme_str() == Some("https")) {
            return Ok(uri);
        }
        let how = if at == url { "is not https" } else { "redirects to an address that is not https" };
        Err(failed(url, format!("{how} ({at}); nothing was asked there")))
    }
}

/// The certificates of a PEM file.
fn authorities(path: &Path) -> Result<RootCerts, ZooError> {
    let pem = fs::read(path).map_err(ZooError::io("read the certificates that SSL_CERT_FILE names", path))?;
    let found: Vec<_> =
        parse_pem(&pem).filter_map(|item| if let Ok(PemItem::Certificate(found)) = item { Some(found) } else { None }).collect();
    if found.is_empty() {
        let none = io::Error::new(io::ErrorKind::InvalidData, "there is no certificate in it (PEM is expected)");
        return Err(ZooError::io("be what SSL_CERT_FILE should name", path)(none));
    }
    Ok(RootCerts::from(found))
}

/// Makes sense of a status and the headers that go with it.
fn answer(url: &str, status: StatusCode, headers: &HeaderMap, body: Box<dyn Read>) -> Result<Answer, NoAnswer> {
    let said = || failed(url, format!("the server answers {status}"));
    if text(headers, "content-encoding").is_some_and(|encoding| encoding != "identity") {
        return Err(NoAnswer::Refused(failed(url, "the server sends the file in an encoding that was not asked for".to_owned())));
    }
    if text(headers, "content-type").is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
        && status.is_success()
    {
        let page =
            "the server sends a web page in place of the file: is there a network to sign in to, or a proxy that shows a page of its own?";
        return Err(NoAnswer::Refused(failed(url, page.to_owned())));
    }
    let length: Option<u64> = text(headers, "content-length").and_then(|n| n.parse().ok());
    let (start, total) = match status {
        StatusCode::OK => (0, length),
        StatusCode::PARTIAL_CONTENT => text(headers, "content-range")
            .and_then(content_range)
            .ok_or_else(|| NoAnswer::Refused(failed(url, "the server sends a part of the file and does not say which".to_owned())))?,
        StatusCode::RANGE_NOT_SATISFIABLE => return Err(NoAnswer::NoSuchRange),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => return Err(NoAnswer::Trouble(said())),
        status if status.is_server_error() => return Err(NoAnswer::Trouble(said())),
        _ => return Err(NoAnswer::Refused(said())),
    };
    let strong = text(headers, "etag").filter(|tag| tag.starts_with('"'));
    let validator = strong.or_else(|| text(headers, "last-modified")).map(str::to_owned);
    let chunked = text(headers, "transfer-encoding").is_some_and(|t| t.to_ascii_lowercase().contains("chunked"));
    Ok(Answer { start, total, framed: length.is_some() || chunked, validator, body })
}

/// The start and the whole length out of `bytes START-END/WHOLE`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let (start, end): (u64, u64) = (start.trim().parse().ok()?, end.trim().parse().ok()?);
    let whole = if whole == "*" { None } else { Some(whole.trim().parse::<u64>().ok()?) };
    // A range that ends before the file does is not what was asked for.
    let sound = start <= end && whole.is_none_or(|whole| end.checked_add(1) == Some(whole));
    sound.then_some((start, whole))
}

/// Where a `Location` leads from an address.
fn join(from: &Uri, location: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or_default();
    if location.contains("://") {
        return Some(location.to_owned());
    }
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    if let Some(rest) = location.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    let path = if location.starts_with('/') {
        location.to_owned()
    } else {
        let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{location}")
    };
    Some(format!("{scheme}://{authority}{path}"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// What went wrong, for people.
fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "the host is not known: is this machine online?".to_owned(),
        ureq::Error::Timeout(_) => "the server was silent for too long".to_owned(),
        ureq::Error::Io(error) if is_offline(error) => format!("{error}: is this machine online?"),
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// Whether an error is what a machine without a network gets. A name that is not found has no kind of its own, only words.
fn is_offline(error: &io::Error) -> bool {
    use io::ErrorKind::{HostUnreachable, NetworkDown, NetworkUnreachable};
    matches!(error.kind(), HostUnreachable | NetworkDown | NetworkUnreachable) || error.to_string().contains("lookup address")
}

fn failed(url: &str, message: String) -> ZooError {
    ZooError::Http { url: url.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_lead_where_they_say() {
        let from: Uri = "https://a.org/x/y/z.bin?q=1".parse().unwrap();
        for (location, to) in [
            ("https://b.org/k", "https://b.org/k"),
            ("http://b.org/k", "http://b.org/k"),
            ("//b.org/k#part", "https://b.org/k"),
            ("/k?z=2", "https://a.org/k?z=2"),
            ("k.bin", "https://a.org/x/y/k.bin"),
            ("file:///etc/passwd", "file:///etc/passwd"),
        ] {
            assert_eq!(join(&from, location).as_deref(), Some(to), "{location}");
        }
    }

    #[test]
    fn only_https_is_asked() {
        let client = Client::new(Duration::from_secs(1), false).unwrap();
        for url in ["http://127.0.0.1:1/x", "http://a.org/x", "ftp://a.org/x", "file:///x", "https://user:secret@a.org/x", "a.org/x", "/x"]
        {
            assert!(matches!(client.get(url, 0, None), Err(NoAnswer::Refused(_))), "{url}");
        }
        let client = Client::new(Duration::from_secs(1), true).unwrap();
        for url in ["http://127.0.0.1@a.org/x", "http://127.0.0.1.a.org/x", "http://a.org/x", "http://localhost.a.org/x"] {
            assert!(matches!(client.get(url, 0, None), Err(NoAnswer::Refused(_))), "{url}");
        }
    }

    #[test]
    fn ranges_are_read_and_odd_ones_refused() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for odd in ["bytes 5-8/10", "bytes 9-5/10", "bytes */10", "items 0-1/2", "bytes 0-18446744073709551615/0", "bytes a-b/c", ""] {
            assert_eq!(content_range(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_machine_without_a_network_is_asked_about_it() {
        let unknown = io::Error::other("failed to lookup address information: Temporary failure in name resolution");
        for error in [unknown, io::ErrorKind::NetworkUnreachable.into()] {
            assert!(in_words(&ureq::Error::Io(error)).ends_with("is this machine online?"));
        }
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(!in_words(&ureq::Error::Io(refused)).contains("online"));
    }

    #[test]
    fn a_file_without_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(authorities(&path).unwrap_err().to_string().contains("ca.pem: cannot read the certificates that SSL_CERT_FILE names: "));
        fs::write(&path, "no certificate").unwrap();
        assert!(authorities(&path).unwrap_err().to_string().contains("there is no certificate in it"));
        // One that nobody would trust, but a certificate by its form.
        fs::write(&path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(authorities(&path).is_ok());
    }
}
