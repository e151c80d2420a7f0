//! A web server on this machine that behaves as a test wants it to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a client asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path.
    pub path: String,
    /// The first byte of the range, where one was asked for.
    pub from: Option<usize>,
    /// The version that the range must be of.
    pub if_range: Option<String>,
}

/// A running server; it ends with the test.
pub struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers each request by `answer`, which is told how many came before it. A connection serves one request.
    pub fn new(answer: impl Fn(usize, &Request, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (shared, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut stream), shared, answer) = (stream, Arc::clone(&shared), Arc::clone(&answer)) else { continue };
                thread::spawn(move || {
                    let Some(request) = read_request(&stream) else { return };
                    let before = {
                        let mut asked = shared.lock().unwrap();
                        asked.push(request.clone());
                        asked.len() - 1
                    };
                    answer(before, &request, &mut stream);
                });
            }
        });
        Server { port, asked }
    }

    /// The address of a path here.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    let path = first.strip_prefix("GET /")?.split(' ').next()?.to_owned();
    let mut request = Request { path, from: None, if_range: None };
    for line in lines {
        let line = line.ok()?;
        if line.is_empty() {
            return Some(request);
        }
        let (name, value) = line.split_once(':')?;
        match name.to_ascii_lowercase().as_str() {
            "range" => request.from = value.trim().strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok(),
            "if-range" => request.if_range = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    None
}

/// Sends a head and a body; a client that has gone is no matter.
pub fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let _ = write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n").and_then(|()| stream.write_all(body));
}

/// The whole file.
pub fn whole(stream: &mut TcpStream, body: &[u8], etag: &str) {
    send(stream, "200 OK", &format!("content-length: {}\r\netag: \"{etag}\"\r\n", body.len()), body);
}

/// What a good server answers: the range asked for, if it is of the version asked for, else the whole file. Of either at most `most`
/// bytes, then the connection breaks.
pub fn good(stream: &mut TcpStream, request: &Request, body: &[u8], etag: &str, most: usize) {
    let tag = format!("\"{etag}\"");
    let same = request.if_range.as_ref().is_none_or(|wanted| *wanted == tag);
    match request.from {
        Some(from) if from >= body.len() => send(stream, "416 Range Not Satisfiable", "content-length: 0\r\n", b""),
        Some(from) if same => {
            let range = format!("content-range: bytes {from}-{}/{}\r\n", body.len() - 1, body.len());
            let head = format!("content-length: {}\r\netag: {tag}\r\n{range}", body.len() - from);
            send(stream, "206 Partial Content", &head, &body[from..from.saturating_add(most).min(body.len())]);
        }
        _ => send(stream, "200 OK", &format!("content-length: {}\r\netag: {tag}\r\n", body.len()), &body[..most.min(body.len())]),
    }
}
