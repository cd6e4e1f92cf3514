//! What kube-rs decodes and encodes objects with: the types of k8s-openapi and serde_json. The commands are those of ../harness.h.
use std::error::Error;
use std::io::{stdin, BufRead};
use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::{List, ListableResource};
use serde::{de::DeserializeOwned, Serialize};

const UNKNOWN_KIND: i32 = 3;

/// glibc's mallinfo2: `uordblks` and `hblkhd` together are the bytes in use.
#[repr(C)]
struct MallInfo {
    arena: usize,
    ordblks: usize,
    smblks: usize,
    hblks: usize,
    hblkhd: usize,
    usmblks: usize,
    fsmblks: usize,
    uordblks: usize,
    fordblks: usize,
    keepcost: usize,
}

extern "C" {
    fn mallinfo2() -> MallInfo;
}

fn heap_bytes() -> usize {
    let info = unsafe { mallinfo2() };
    info.uordblks + info.hblkhd
}

/// The most memory the process had, from /proc.
fn peak_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<usize>().ok()).unwrap_or(0) * 1024
}

struct Peer<T> {
    input: Vec<u8>,
    object: Option<T>,
    object_bytes: usize,
    output: Vec<u8>,
}

impl<T: DeserializeOwned + Serialize> Peer<T> {
    fn decode(&mut self) -> Result<f64, Box<dyn Error>> {
        self.object = None;
        let heap_before = heap_bytes();
        let begin = Instant::now();
        self.object = Some(serde_json::from_slice(&self.input)?);
        let seconds = begin.elapsed().as_secs_f64();
        self.object_bytes = heap_bytes() - heap_before;
        Ok(seconds)
    }

    fn encode(&mut self) -> Result<f64, Box<dyn Error>> {
        self.output.clear();
        let begin = Instant::now();
        serde_json::to_writer(&mut self.output, &self.object)?;
        Ok(begin.elapsed().as_secs_f64())
    }

    fn sample(&mut self, budget: Duration, work: fn(&mut Self) -> Result<f64, Box<dyn Error>>) -> Result<Vec<f64>, Box<dyn Error>> {
        let end = Instant::now() + budget;
        let mut seconds = vec![work(self)?];
        while Instant::now() < end {
            seconds.push(work(self)?);
        }
        Ok(seconds)
    }

    fn obey(&mut self, line: &str) -> Result<(), Box<dyn Error>> {
        match line.split_once(' ') {
            Some(("step", milliseconds)) => {
                let budget = Duration::from_millis(milliseconds.parse()?);
                let decode = self.sample(budget, Self::decode)?;
                let encode = self.sample(budget, Self::encode)?;
                println!("{{\"decode\": {decode:?}, \"encode\": {encode:?}}}");
            }
            Some(("write", path)) => {
                if self.object.is_none() {
                    self.decode()?;
                }
                self.encode()?;
                std::fs::write(path, &self.output)?;
                println!("{{}}");
            }
            _ => return Err(format!("unknown command {line:?}").into()),
        }
        Ok(())
    }
}

fn run<T>(input: Vec<u8>, warm: bool) -> Result<(), Box<dyn Error>>
where
    T: ListableResource + DeserializeOwned + Serialize,
{
    let mut peer = Peer::<List<T>> { input, object: None, object_bytes: 0, output: Vec::new() };
    if warm {
        peer.decode()?;
        peer.encode()?;
    }
    println!("ready");
    for line in stdin().lock().lines() {
        match line?.as_str() {
            "end" => break,
            command => peer.obey(command)?,
        }
    }
    println!("{{\"object_bytes\": {}, \"input_bytes\": {}, \"peak_bytes\": {}}}", peer.object_bytes, peer.input.len(), peak_bytes());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, kind, mode, ..] = arguments.as_slice() else {
        eprintln!("usage: kube-rs FILE KIND cold|warm");
        std::process::exit(2);
    };
    let input = std::fs::read(path)?;
    let warm = mode == "warm";
    match kind.as_str() {
        "v1/PodList" => run::<Pod>(input, warm),
        "v1/NodeList" => run::<Node>(input, warm),
        "v1/EventList" => run::<Event>(input, warm),
        "v1/ConfigMapList" => run::<ConfigMap>(input, warm),
        "apps/v1/DeploymentList" => run::<Deployment>(input, warm),
        "discovery.k8s.io/v1/EndpointSliceList" => run::<EndpointSlice>(input, warm),
        "apiextensions.k8s.io/v1/CustomResourceDefinitionList" => run::<CustomResourceDefinition>(input, warm),
        _ => std::process::exit(UNKNOWN_KIND),
    }
}
