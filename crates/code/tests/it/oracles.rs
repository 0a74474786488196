//! The same answers from elsewhere: OpenSSL for signatures, and an independent checker for the vectors.
