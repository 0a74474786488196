//! Chinese fonts of the machine: where they are, and their faces while a page is drawn.
//! It does not know pages; only the glyphs that a page uses are embedded in it.

use crate::PrintError;
use krilla::text::Font;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Largest font file that is read, in octets: the largest of Noto's collections have 30 MiB.
const FONT_BYTES_MAX: u64 = 128 << 20;

/// Fonts to use instead of those that are found.
#[derive(Clone, Default, Debug)]
pub struct FontPaths {
    /// For all that is read: a sans serif with Chinese.
    pub sans: Option<PathBuf>,
    /// For names and titles: a Song.
    pub song: Option<PathBuf>,
}

/// Where the fonts are. Cheap to keep: files are read while a page is made, and let go after.
#[derive(Clone, Debug)]
pub struct Fonts {
    regular: Place,
    bold: Place,
    song: Place,
}

#[derive(Clone, Debug)]
struct Place {
    path: PathBuf,
    /// Which face of a collection: Noto's hold Japanese, Korean, simplified Chinese, ... in this order.
    face: u32,
}

/// Directories where distributions put Noto's CJK collections.
const NOTO: [&str; 6] = [
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/google-noto-serif-cjk-fonts",
    "/usr/share/fonts/noto",
];
/// Other Chinese fonts, where Noto is missing: path and face.
const OTHERS: [(&str, u32); 3] = [
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0),
];
/// The simplified Chinese face of Noto's collections.
const NOTO_SC: u32 = 2;

impl Fonts {
    /// Takes the given paths, and for those not given the first font found in the usual places.
    ///
    /// # Errors
    /// [`PrintError::NoFont`] names what to install; [`PrintError::BadFont`] if a given path is no font.
    pub fn find(paths: &FontPaths) -> Result<Self, PrintError> {
        let given = |path: &Option<PathBuf>| path.as_deref().map(Place::given).transpose();
        let sans = given(&paths.sans)?;
        let song = given(&paths.song)?;
        let other = || OTHERS.iter().map(|(path, face)| Place { path: path.into(), face: *face }).find(Place::exists);
        let regular = sans.clone().or_else(|| noto("NotoSansCJK-Regular.ttc")).or_else(other);
        let regular = regular.ok_or(PrintError::NoFont("sans serif"))?;
        let bold = sans.or_else(|| noto("NotoSansCJK-Bold.ttc")).unwrap_or_else(|| regular.clone());
        let song = song.or_else(|| noto("NotoSerifCJK-Bold.ttc")).unwrap_or_else(|| bold.clone());
        Ok(Self { regular, bold, song })
    }

    /// Reads the faces for one document.
    pub(crate) fn load(&self) -> Result<Faces, PrintError> {
        Ok(Faces { regular: self.regular.load()?, bold: self.bold.load()?, song: self.song.load()? })
    }
}

impl Place {
    fn given(path: &Path) -> Result<Self, PrintError> {
        let collection = path.file_name().is_some_and(|name| name.to_string_lossy().contains("CJK-"))
            && path.extension().is_some_and(|ending| ending == "ttc");
        let place = Self { path: path.to_owned(), face: if collection { NOTO_SC } else { 0 } };
        place.load().map(|_| place)
    }

    fn exists(&self) -> bool {
        self.path.is_file()
    }

    fn load(&self) -> Result<Face, PrintError> {
        let bad = || PrintError::BadFont(self.path.clone());
        let length = fs::metadata(&self.path).map_err(|_| bad())?.len();
        if length > FONT_BYTES_MAX {
            return Err(bad());
        }
        let data = Arc::new(fs::read(&self.path).map_err(|_| bad())?);
        ttf_parser::Face::parse(&data, self.face).map_err(|_| bad())?;
        let font = Font::new(data.clone().into(), self.face).ok_or_else(bad)?;
        Ok(Face { font, data, index: self.face })
    }
}

fn noto(name: &str) -> Option<Place> {
    let place = |folder: &str| Place { path: Path::new(folder).join(name), face: NOTO_SC };
    NOTO.iter().map(|folder| place(folder)).find(Place::exists)
}

/// The faces while a page is drawn.
pub(crate) struct Faces {
    pub(crate) regular: Face,
    pub(crate) bold: Face,
    pub(crate) song: Face,
}

/// One face: for drawing, and for measuring.
pub(crate) struct Face {
    pub(crate) font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
}

impl Face {
    /// The width of a line at 1 point, in points.
    ///
    /// Sums the advances; pairs are not kerned, which for Chinese and our short English lines is below a tenth of a mm.
    pub(crate) fn width(&self, text: &str) -> Result<f32, PrintError> {
        let face = ttf_parser::Face::parse(&self.data, self.index).expect("parsed when it was loaded");
        let mut units = 0u32;
        for letter in text.chars() {
            let glyph = face.glyph_index(letter).ok_or(PrintError::NoGlyph(letter))?;
            units += u32::from(face.glyph_hor_advance(glyph).unwrap_or(face.units_per_em()));
        }
        Ok(units as f32 / f32::from(face.units_per_em()))
    }
}
