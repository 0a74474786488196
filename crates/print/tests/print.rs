//! What is printed reads back: by our reader, by zbar and by zxing-cpp, from PNG and from rendered PDF pages.

#![expect(clippy::unwrap_used, reason = "the helpers of these tests stop where a test would")]

use std::path::{Path, PathBuf};
use std::process::Command;
use yima_print::*;

fn fonts() -> Fonts {
    Fonts::find(&FontPaths::default()).unwrap()
}

/// Digits that look like a code's: the form, then figures from a small generator with a fixed seed.
fn digits(form: char, count: usize, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let figures = (1..count).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'0' + (state >> 33) as u8 % 10)
    });
    std::iter::once(form).chain(figures).collect()
}

fn run(command: &mut Command, install: &str) -> String {
    let done = command.output().unwrap_or_else(|_| panic!("{command:?} is missing: {install}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {said} ({install})");
    String::from_utf8(done.stdout).unwrap()
}

fn by_zbar(picture: &Path) -> Vec<String> {
    let mut command = Command::new("zbarimg");
    command.args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"]).arg(picture);
    run(&mut command, "apt-get install zbar-tools").lines().map(str::to_owned).collect()
}

fn by_zxing_cpp(picture: &Path) -> Vec<String> {
    zxing_cpp(picture, &[])
}

fn zxing_cpp(picture: &Path, words: &[&str]) -> Vec<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    // `cargo xtask check` names a Python that has the packages.
    let mut command = Command::new(std::env::var_os("YIMA_PYTHON").unwrap_or_else(|| "python3".into()));
    command.arg(home.join("read_code.py")).arg(picture).args(words);
    run(&mut command, "pip install -r crates/print/tests/requirements.txt").lines().map(str::to_owned).collect()
}

/// The first page at 150 dots an inch: what a poor scanner sees.
fn rendered(pdf: &[u8], name: &str, dir: &Path) -> PathBuf {
    let file = dir.join(format!("{name}.pdf"));
    std::fs::write(&file, pdf).unwrap();
    let out = dir.join(name);
    let mut command = Command::new("pdftoppm");
    command.args(["-png", "-singlefile", "-r", "150"]).arg(&file).arg(&out);
    run(&mut command, "apt-get install poppler-utils");
    // A look at the pages: YIMA_PAGES=/some/directory cargo test -p yima-print
    if let Ok(kept) = std::env::var("YIMA_PAGES") {
        std::fs::copy(out.with_extension("png"), Path::new(&kept).join(format!("{name}.png"))).unwrap();
    }
    out.with_extension("png")
}

#[test]
fn every_symbol_reads_back_by_three_readers() {
    let dir = tempfile::tempdir().unwrap();
    let table = [
        (SymbolKind::T1, '1', 476, 57, "M"),
        (SymbolKind::T1c, '2', 495, 57, "M"),
        (SymbolKind::T0, '3', 62, 25, "M"),
        (SymbolKind::T2, '4', 192, 45, "Q"),
        (SymbolKind::Challenge, '9', 212, 41, "M"),
    ];
    for (i, (kind, form, count, size, level)) in table.into_iter().enumerate() {
        let text = digits(form, count, i as u64 + 1);
        let symbol = Symbol::new(kind, &text).unwrap();
        assert_eq!(symbol.size(), size, "{kind:?}");
        for module_px in [1, 3, 8] {
            let png = symbol.png(module_px).unwrap();
            let side = (size + 2 * QUIET_ZONE) as u32 * module_px;
            let header = [&side.to_be_bytes()[..], &side.to_be_bytes()].concat();
            assert_eq!(png[16..24], header, "{kind:?}: whole pixels");
            assert_eq!(read_digits(&png).as_deref(), Ok(&text[..]), "{kind:?} at {module_px}");
            if module_px > 1 {
                let file = dir.path().join("code.png");
                std::fs::write(&file, &png).unwrap();
                assert_eq!(by_zbar(&file), [&*text], "{kind:?} at {module_px}");
                assert_eq!(zxing_cpp(&file, &["level"]), [format!("{level} {text}")], "{kind:?} at {module_px}");
            }
        }
        let block_lines = symbol.terminal().lines().count();
        assert_eq!(block_lines, (size + 2 * QUIET_ZONE).div_ceil(2));
    }
}

#[test]
fn an_svg_reads_back() {
    let text = digits('1', 476, 3);
    let svg = Symbol::new(SymbolKind::T1, &text).unwrap().svg();
    assert!(svg.starts_with("<svg ") && svg.contains("viewBox=\"0 0 65 65\""));
    let html = "https://localhost/?place=37010007";
    let place = Symbol::text(html).unwrap();
    assert_eq!(read_text(&place.png(4).unwrap()).as_deref(), Ok(html));
    assert_eq!(read_digits(&place.png(4).unwrap()), Err(ReadError::NotDigits));
}

#[test]
fn what_is_no_code_makes_no_symbol() {
    let long = digits('1', 514, 1);
    let table = [
        (SymbolKind::T1, "", PrintError::NotDigits),
        (SymbolKind::T1, "12a", PrintError::NotDigits),
        (SymbolKind::T1, "12 3", PrintError::NotDigits),
        (SymbolKind::T1, "１２", PrintError::NotDigits),
        (SymbolKind::T1, &long, PrintError::TooLong),
        (SymbolKind::T0, &long[..64], PrintError::TooLong),
    ];
    for (kind, text, wanted) in table {
        assert_eq!(Symbol::new(kind, text), Err(wanted), "{text}");
    }
    let symbol = Symbol::new(SymbolKind::T0, "3").unwrap();
    for module_px in [0, 300, u32::MAX] {
        assert_eq!(symbol.png(module_px), Err(PrintError::TooBig), "{module_px}");
    }
    assert_eq!(Symbol::text(&"x".repeat(5000)), Err(PrintError::TooLong));
}

#[test]
fn a_strangers_picture_is_refused_in_bounds() {
    let whole = Symbol::new(SymbolKind::T2, &digits('4', 192, 1)).unwrap().png(4).unwrap();
    // A PNG that promises 40,000 pixels a side, with a good checksum.
    let mut bomb = whole.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0x9c, 0x40, 0, 0, 0x9c, 0x40]);
    let checksum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    let blank = image_of(|_, _| 255);
    let noise = image_of(|x, y| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) >> 3) as u8);
    let table = [
        ("empty", Vec::new(), ReadError::NotAnImage),
        ("text", b"hello".to_vec(), ReadError::NotAnImage),
        ("gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec(), ReadError::NotAnImage),
        ("huge", vec![0; IMAGE_BYTES_MAX + 1], ReadError::TooBig),
        ("bomb", bomb, ReadError::TooBig),
        ("blank", blank, ReadError::NoSymbol),
        ("noise", noise, ReadError::NoSymbol),
    ];
    for (name, picture, wanted) in table {
        assert_eq!(read_digits(&picture), Err(wanted), "{name}");
    }
    for cut in (0..whole.len()).step_by(97) {
        assert!(read_digits(&whole[..cut]).is_err(), "cut at {cut}");
    }
    for at in (8..whole.len()).step_by(61) {
        let mut bent = whole.clone();
        bent[at] ^= 0x55;
        let _ = read_digits(&bent);
    }
}

#[test]
fn a_card_reads_back_from_its_page() {
    let dir = tempfile::tempdir().unwrap();
    let photo = portrait();
    let benefit = || says("残疾人优待", "disability benefit");
    let table = [
        ("card", "王明华", Some(photo.clone()), None),
        ("card-plain", "买买提·吐尔逊·阿不都热合曼", None, None),
        ("card-says", "王明华", Some(photo), Some(benefit())),
        ("card-plain-says", "买买提·吐尔逊·阿不都热合曼", None, Some(says("65 至 69 岁", "65 to 69"))),
    ];
    for (name, who, photo, says) in table {
        let text = digits('4', 192, 7);
        let card = PaperCard {
            name: who.to_owned(),
            number: "3701-0042-8816".to_owned(),
            digits: text.clone(),
            expires: Month { year: 2027, month: 11 },
            says,
            photo,
            office_zh: "山东省大数据局（演示）".to_owned(),
            office_en: "Shandong Big Data Bureau (demonstration)".to_owned(),
            phone_line: "12345".to_owned(),
            demo: true,
        };
        let pdf = card_pdf(&fonts(), &card).unwrap();
        assert!(pdf.len() < 400 << 10, "fonts are cut to what is used: {}", pdf.len());
        let page = rendered(&pdf, name, dir.path());
        assert_eq!(by_zbar(&page), [&*text], "{name}");
        assert_eq!(by_zxing_cpp(&page), [&*text], "{name}");
        assert_eq!(read_digits(&std::fs::read(&page).unwrap()).as_deref(), Ok(&text[..]), "{name}");
        // On the card's front, on its back, and large on the page: what the machine learns stands there in words.
        let words = printed(&pdf, dir.path());
        for (said, times) in card.says.iter().flat_map(|says| [(&says.zh, 3), (&says.en, 3)]) {
            assert_eq!(words.matches(&*squeezed(said)).count(), times, "{name}: {said} in {words}");
        }
        assert_eq!(words.contains(&squeezed("机器看到：")), card.says.is_some(), "{name}");
    }
}

fn says(zh: &str, en: &str) -> Says {
    Says { zh: zh.to_owned(), en: en.to_owned() }
}

/// The words of a page as a person who copies them gets them, without spaces: lines are broken anywhere.
fn printed(pdf: &[u8], dir: &Path) -> String {
    let file = dir.join("words.pdf");
    std::fs::write(&file, pdf).unwrap();
    let mut command = Command::new("pdftotext");
    command.args(["-raw"]).arg(&file).arg("-");
    squeezed(&run(&mut command, "apt-get install poppler-utils"))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn a_sheet_reads_back_code_by_code() {
    let dir = tempfile::tempdir().unwrap();
    let codes: Vec<_> = (0..24)
        .map(|i| SheetCode { digits: digits('4', 192, 100 + i), number: format!("3701-88{:02}", i + 1) })
        .collect();
    let sheet = CodeSheet {
        codes: codes.clone(),
        expires: Month { year: 2027, month: 11 },
        says: None,
        office_zh: "山东省大数据局（演示）".to_owned(),
        office_en: "Shandong Big Data Bureau (demonstration)".to_owned(),
        phone_line: "12345".to_owned(),
        demo: true,
    };
    let page = rendered(&sheet_pdf(&fonts(), &sheet).unwrap(), "sheet", dir.path());
    let mut wanted: Vec<_> = codes.iter().map(|code| code.digits.clone()).collect();
    wanted.sort();
    let mut found = by_zxing_cpp(&page);
    found.sort();
    assert_eq!(found, wanted);
    for count in [0, 25] {
        let codes = vec![codes[0].clone(); count];
        let refused = sheet_pdf(&fonts(), &CodeSheet { codes, ..sheet.clone() });
        assert_eq!(refused, Err(PrintError::BadCount(count)));
    }
    let few = CodeSheet { codes: codes[..5].to_vec(), ..sheet.clone() };
    assert_eq!(by_zxing_cpp(&rendered(&sheet_pdf(&fonts(), &few).unwrap(), "sheet-5", dir.path())).len(), 5);
    let told = CodeSheet { says: Some(says("学生优待", "student benefit")), ..sheet };
    let pdf = sheet_pdf(&fonts(), &told).unwrap();
    assert_eq!(by_zxing_cpp(&rendered(&pdf, "sheet-says", dir.path())).len(), codes.len());
    let words = printed(&pdf, dir.path());
    assert_eq!(words.matches("学生优待studentbenefit").count(), codes.len(), "on each, for it is cut off: {words}");
    assert!(words.contains("每张都写着：学生优待"), "{words}");
}

#[test]
fn sealed_codes_lie_inside_and_each_stands_once() {
    let dir = tempfile::tempdir().unwrap();
    let codes: Vec<String> =
        (0..10).map(|i| format!("{} {}", digits('1', 5, 50 + i), digits('2', 5, 90 + i))).collect();
    let sheet = SealedCodes {
        codes: codes.clone(),
        expires: Month { year: 2027, month: 11 },
        address: "yima.shandong.example/account/sign-in/sheet".to_owned(),
        office_zh: "山东省一码平台".to_owned(),
        office_en: "Yima of Shandong".to_owned(),
        phone_line: "12345".to_owned(),
        demo: true,
    };
    let pdf = sealed_codes_pdf(&fonts(), &sheet).unwrap();
    rendered(&pdf, "sealed-codes", dir.path());
    let words = printed(&pdf, dir.path());
    for code in &codes {
        assert_eq!(words.matches(&squeezed(code)).count(), 1, "{code} in {words}");
    }
    assert!(words.contains("只由本人拆开") && words.contains("2027年11月底"), "{words}");
    for count in [0, 11] {
        let codes = vec![codes[0].clone(); count];
        let refused = sealed_codes_pdf(&fonts(), &SealedCodes { codes, ..sheet.clone() });
        assert_eq!(refused, Err(PrintError::BadCount(count)));
    }
}

#[test]
fn a_poster_reads_back_from_its_page() {
    let dir = tempfile::tempdir().unwrap();
    let poster = PlacePoster {
        scenario_zh: "图书馆入馆".to_owned(),
        scenario_en: "Library entry".to_owned(),
        place_zh: "济南市图书馆 · 东门".to_owned(),
        place_en: "Jinan Library, east gate".to_owned(),
        site: 37_010_007,
        code_text: "https://localhost/?place=37010007".to_owned(),
        sees_zh: "有一位持有效一码的人，几点几分来过".to_owned(),
        sees_en: "that somebody with a valid code came, and when".to_owned(),
        office_zh: "济南市图书馆".to_owned(),
        office_en: "Jinan Library".to_owned(),
        demo: true,
    };
    let page = rendered(&poster_pdf(&fonts(), &poster).unwrap(), "poster", dir.path());
    assert_eq!(by_zbar(&page), [&*poster.code_text]);
    assert_eq!(read_text(&std::fs::read(&page).unwrap()).as_deref(), Ok(&*poster.code_text));
    let digits = PlacePoster { code_text: digits('5', 40, 1), demo: false, sees_zh: String::new(), ..poster };
    let page = rendered(&poster_pdf(&fonts(), &digits).unwrap(), "poster-digits", dir.path());
    assert_eq!(by_zbar(&page), [&*digits.code_text]);
}

#[test]
fn what_can_not_be_printed_says_why() {
    let card = |name: &str, photo: Option<&[u8]>| {
        let card = PaperCard {
            name: name.to_owned(),
            number: "1".to_owned(),
            digits: "4".to_owned(),
            expires: Month { year: 2027, month: 1 },
            says: None,
            photo: photo.map(<[u8]>::to_vec),
            office_zh: "省".to_owned(),
            office_en: "Office".to_owned(),
            phone_line: "12345".to_owned(),
            demo: false,
        };
        card_pdf(&fonts(), &card).unwrap_err().to_string()
    };
    let sentences = [
        (card("王\u{1f600}", None), "the font has no character U+1F600: give the path of one that has it"),
        (card("王", Some(b"no photo")), "the photo can't be used: this is no PNG or JPEG picture"),
    ];
    for (said, wanted) in sentences {
        assert_eq!(said, wanted);
    }
    let missing = FontPaths { sans: Some("/nowhere.ttf".into()), song: None };
    assert_eq!(Fonts::find(&missing).unwrap_err(), PrintError::BadFont("/nowhere.ttf".into()));
    let none = PrintError::NoFont("sans serif").to_string();
    assert!(none.contains("apt-get install fonts-noto-cjk"), "{none}");
}

/// A PNG whose grey values `value` gives, 200 pixels a side.
fn image_of(value: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    use image::{GrayImage, ImageFormat, Luma};
    let picture = GrayImage::from_fn(200, 200, |x, y| Luma([value(x, y)]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A drawn face in place of a photo: nobody's.
fn portrait() -> Vec<u8> {
    use image::{ImageFormat, Rgb, RgbImage};
    let picture = RgbImage::from_fn(900, 1200, |x, y| {
        let (x, y) = (x as f32 / 900.0 - 0.5, y as f32 / 1200.0);
        let face = (x / 0.2).powi(2) + ((y - 0.4) / 0.19).powi(2) < 1.0;
        let hair = (x / 0.24).powi(2) + ((y - 0.34) / 0.2).powi(2) < 1.0;
        let coat = (x / 0.42).powi(2) + ((y - 1.05) / 0.4).powi(2) < 1.0;
        match (face, hair, coat) {
            (true, ..) => Rgb([236, 200, 170]),
            (_, true, _) => Rgb([40, 34, 32]),
            (_, _, true) => Rgb([26, 74, 150]),
            _ => Rgb([222, 230, 240]),
        }
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

/// The checksum of PNG chunks (ISO 3309).
fn crc32(octets: &[u8]) -> u32 {
    !octets.iter().fold(!0u32, |sum, octet| {
        (0..8).fold(sum ^ u32::from(*octet), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}
