//! The limits that a file must keep. All of them lie far above what a network's weights need and are checked before memory is reserved.

/// Bytes of a file: 4 GiB. Paddle's largest classification backbones have 1.3 GB.
pub(crate) const FILE_BYTES: u64 = 4 << 30;

/// Tensors of a file. ResNet-152 has 932.
pub(crate) const TENSORS: usize = 1 << 16;

/// Bytes of a key, joined with the keys of the tables around it.
pub(crate) const KEY_BYTES: usize = 1024;

/// Dimensions of a tensor; numpy 1 has the same limit.
pub(crate) const DIMENSIONS: usize = 32;

/// The product of a shape's dimensions in bytes, dimensions of 0 left out: what array libraries require of any shape.
pub(crate) const SHAPE_BYTES: usize = isize::MAX as usize;

/// Bytes of a safetensors header: 100 MB, the limit of the reference implementation.
pub(crate) const HEADER_BYTES: u64 = 100_000_000;

/// Values that a pickle builds: numbers, texts, lists … A network of a thousand tensors takes about 20,000.
pub(crate) const VALUES: usize = 1 << 20;

/// Values that wait on a pickle's stack. Python's pickler empties it after every thousand entries of a table.
pub(crate) const STACK: usize = 1 << 18;

/// Entries of a pickle's tables that are looked at for tensors.
pub(crate) const ENTRIES: usize = 1 << 18;

/// Tables in one another. A training checkpoint has three.
pub(crate) const DEPTH: usize = 32;

/// Name tables and tables of slices. Paddle writes one of each.
pub(crate) const TABLES: usize = 64;

/// How many times the bytes of a pickle its tensors may have together: one array can stand under several keys.
pub(crate) const SHARING: usize = 4;

/// Elements and bytes of a shape, or `None` where their product, taken over the dimensions that are not 0, is too large to exist.
pub(crate) fn shape_size(shape: &[usize], element: usize) -> Option<(usize, usize)> {
    let mut product = element;
    for &size in shape.iter().filter(|&&size| size != 0) {
        product = product.checked_mul(size).filter(|&product| product <= SHAPE_BYTES)?;
    }
    if shape.contains(&0) {
        return Some((0, 0));
    }
    Some((product / element, product))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_shapes() {
        assert_eq!(shape_size(&[], 4), Some((1, 4)));
        assert_eq!(shape_size(&[2, 3], 8), Some((6, 48)));
        assert_eq!(shape_size(&[0, 3], 4), Some((0, 0)));
    }

    #[test]
    fn products_that_wrap_are_no_sizes() {
        assert_eq!(shape_size(&[1 << 40, 1 << 40], 4), None);
        assert_eq!(shape_size(&[0, 1 << 40, 1 << 40], 4), None);
        assert_eq!(shape_size(&[usize::MAX], 1), None);
        assert_eq!(shape_size(&[SHAPE_BYTES], 1), Some((SHAPE_BYTES, SHAPE_BYTES)));
    }
}
