//! province
