//! The few words that a column may hold, as enums: a row with any other word is a named inconsistency.
//! It does not know what follows from a word.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $(#[doc = concat!("`", $word, "`")] $variant),+ }

        impl $name {
            /// The word in the column.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::db::value::FromCell for $name {
            fn from_cell(cell: $crate::db::value::Cell) -> Option<Self> {
                match String::from_cell(cell)?.as_str() {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl From<$name> for $crate::db::value::Arg<'_> {
            fn from(word: $name) -> Self {
                Self::Text(Some(word.as_str()))
            }
        }
    };
}
pub(crate) use words;
