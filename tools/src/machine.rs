//! What `-v` says about the machine.

/// The processor's kind and those of its vector instructions that matter here, as found at run time.
pub(crate) fn instruction_set() -> String {
    let found = vector_extensions();
    if found.is_empty() { std::env::consts::ARCH.to_owned() } else { format!("{} with {}", std::env::consts::ARCH, found.join(", ")) }
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn vector_extensions() -> Vec<&'static str> {
    use std::arch::is_x86_feature_detected as has;
    let known = [
        ("SSE4.1", has!("sse4.1")),
        ("AVX2", has!("avx2")),
        ("FMA", has!("fma")),
        ("AVX-512F", has!("avx512f")),
        ("AVX-512VNNI", has!("avx512vnni")),
    ];
    known.into_iter().filter_map(|(name, found)| found.then_some(name)).collect()
}

#[cfg(target_arch = "aarch64")]
fn vector_extensions() -> Vec<&'static str> {
    use std::arch::is_aarch64_feature_detected as has;
    let known = [("NEON", has!("neon")), ("FP16", has!("fp16")), ("dot products", has!("dotprod"))];
    known.into_iter().filter_map(|(name, found)| found.then_some(name)).collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
fn vector_extensions() -> Vec<&'static str> {
    Vec::new()
}

/// So many threads where 0 stands for all cores that the operating system grants.
pub(crate) fn threads(asked: usize) -> usize {
    if asked == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { asked }
}
