//! Order, spaces and windows: from single lines to a page.
