//! The deeds end to end on a real store.

#[cfg(test)]
mod classmates;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod crowds;
#[cfg(test)]
mod paper;
#[cfg(test)]
mod people;
#[cfg(test)]
mod town;
