//! Which column of a foreign file holds which attribute: proposals by the column's name (in
//! English, German and some other languages) and by what its cells look like.

use std::collections::BTreeMap;

use super::{MFA_ENABLED, PASSWORD_HASH, USERNAME};
use crate::rules::attributes;

/// A proposal for one column of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// The column of the template, or none.
    pub target: Option<String>,
    /// From 0 (a guess) to 100 (the name is the same).
    pub confidence: u8,
}

/// How sure the attribute's own name is at least: written as it is, or but for case and dashes.
const OWN_NAME: u8 = 95;

/// Names that columns go by in the world, normalised: lower case, letters and digits only.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        USERNAME,
        &[
            "username",
            "user",
            "userid",
            "login",
            "loginname",
            "account",
            "accountname",
            "uid",
            "nickname1",
            "benutzer",
            "benutzername",
            "anmeldename",
            "kennung",
            "konto",
            "utilisateur",
            "identifiant",
            "usuario",
            "cognitousername",
            "samaccountname",
            "userprincipalname",
        ],
    ),
    (
        "email",
        &[
            "email",
            "emailaddress",
            "mail",
            "emails",
            "mailaddress",
            "primaryemail",
            "contactemail",
            "useremail",
            "emailadresse",
            "mailadresse",
            "epost",
            "courriel",
            "correo",
            "correoelectronico",
            "emailid",
        ],
    ),
    (
        "email_verified",
        &[
            "emailverified",
            "isemailverified",
            "verifiedemail",
            "emailconfirmed",
            "emailbestaetigt",
            "mailverified",
        ],
    ),
    (
        "phone_number",
        &[
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "telephone",
            "tel",
            "telephonenumber",
            "telefon",
            "telefonnummer",
            "handy",
            "handynummer",
            "mobil",
            "mobilnummer",
            "rufnummer",
            "telefono",
            "movil",
            "phoneno",
        ],
    ),
    (
        "phone_number_verified",
        &[
            "phonenumberverified",
            "phoneverified",
            "isphoneverified",
            "telefonbestaetigt",
            "phoneconfirmed",
        ],
    ),
    (
        "given_name",
        &[
            "givenname",
            "firstname",
            "first",
            "forename",
            "vorname",
            "rufname",
            "prenom",
            "nombre",
            "fname",
        ],
    ),
    (
        "family_name",
        &[
            "familyname",
            "lastname",
            "last",
            "surname",
            "nachname",
            "familienname",
            "zuname",
            "sn",
            "apellido",
            "apellidos",
            "nom",
            "lname",
        ],
    ),
    (
        "middle_name",
        &["middlename", "secondname", "zweitname", "middle"],
    ),
    (
        "name",
        &[
            "name",
            "fullname",
            "displayname",
            "completename",
            "vollername",
            "vollstaendigername",
            "anzeigename",
            "nomcomplet",
            "nombrecompleto",
            "cn",
        ],
    ),
    ("nickname", &["nickname", "nick", "alias", "spitzname"]),
    (
        "preferred_username",
        &["preferredusername", "handle", "screenname", "bevorzugtername"],
    ),
    (
        "birthdate",
        &[
            "birthdate",
            "birthday",
            "dateofbirth",
            "dob",
            "born",
            "geburtsdatum",
            "geburtstag",
            "geboren",
            "gebdatum",
            "datedenaissance",
            "fechadenacimiento",
            "fechanacimiento",
        ],
    ),
    (
        "gender",
        &["gender", "sex", "geschlecht", "anrede", "genre", "genero"],
    ),
    (
        "address",
        &[
            "address",
            "streetaddress",
            "postaladdress",
            "adresse",
            "anschrift",
            "strasse",
            "direccion",
        ],
    ),
    (
        "locale",
        &[
            "locale",
            "language",
            "lang",
            "preferredlanguage",
            "sprache",
            "langue",
            "idioma",
        ],
    ),
    (
        "zoneinfo",
        &["zoneinfo", "timezone", "tz", "zeitzone", "fuseauhoraire"],
    ),
    (
        "website",
        &["website", "url", "homepage", "web", "webseite", "internetseite"],
    ),
    (
        "picture",
        &[
            "picture",
            "avatar",
            "photo",
            "photourl",
            "image",
            "bild",
            "foto",
            "profilbild",
            "avatarurl",
        ],
    ),
    ("profile", &["profile", "profileurl", "profil"]),
    (
        "updated_at",
        &[
            "updatedat",
            "updated",
            "lastupdated",
            "lastmodified",
            "modified",
            "geaendert",
            "geaendertam",
        ],
    ),
    (
        MFA_ENABLED,
        &[
            "mfaenabled",
            "mfa",
            "twofactor",
            "twofactorenabled",
            "2fa",
            "zweifaktor",
            "cognitomfaenabled",
        ],
    ),
    (
        PASSWORD_HASH,
        &[
            "passwordhash",
            "hash",
            "passwd",
            "hashedpassword",
            "encryptedpassword",
            "passworthash",
            "pwhash",
        ],
    ),
];

/// Returns a column's name as it is compared: lower case, umlauts spelt out, letters and digits only.
pub fn normalised(name: &str) -> String {
    let mut out = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'é' | 'è' | 'ê' => out.push('e'),
            'á' | 'à' => out.push('a'),
            'í' => out.push('i'),
            'ó' => out.push('o'),
            'ú' => out.push('u'),
            'ñ' => out.push('n'),
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

/// Proposes an attribute for each column. No attribute is proposed twice: the surest column
/// has it, the first one among equals.
///
/// `samples` are some rows of the file.
pub fn suggest(columns: &[String], samples: &[Vec<String>], template: &[String]) -> Vec<Suggestion> {
    let mut candidates: Vec<(u8, usize, &str)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        for target in template {
            let by_name = name_score(column, target);
            let cells: Vec<&str> = samples
                .iter()
                .filter_map(|row| row.get(at))
                .map(|cell| cell.trim())
                .filter(|cell| !cell.is_empty())
                .collect();
            let score = match looks(&cells, target) {
                // The cells speak against the name, but the attribute's own name is no guess.
                Some(false) if by_name >= OWN_NAME => by_name.saturating_sub(30),
                Some(false) => by_name.saturating_sub(45),
                Some(true) if by_name == 0 => 55,
                Some(true) => by_name.saturating_add(5).min(100),
                None => by_name,
            };
            if score >= 40 {
                candidates.push((score, at, target));
            }
        }
    }
    candidates.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut suggestions = vec![Suggestion::default(); columns.len()];
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for (confidence, at, target) in candidates {
        let Some(suggestion) = suggestions.get_mut(at) else {
            continue;
        };
        if suggestion.target.is_none() && !taken.contains_key(target) {
            taken.insert(target, at);
            *suggestion = Suggestion {
                target: Some(target.to_owned()),
                confidence,
            };
        }
    }
    suggestions
}

fn name_score(column: &str, target: &str) -> u8 {
    let column = column.trim();
    if column == target {
        return 100;
    }
    let name = normalised(column);
    if name.is_empty() {
        return 0;
    }
    if name == normalised(target) {
        return OWN_NAME;
    }
    if let Some(custom) = target.strip_prefix("custom:") {
        return if name == normalised(custom) { 85 } else { 0 };
    }
    let Some((_, synonyms)) = SYNONYMS.iter().find(|(known, _)| *known == target) else {
        return 0;
    };
    if synonyms.contains(&name.as_str()) {
        return 90;
    }
    // `Customer e-mail`, `Telefon (privat)`: the longer the shared part, the surer.
    let within = synonyms
        .iter()
        .filter(|synonym| synonym.len() >= 4 && name.contains(*synonym))
        .map(|synonym| synonym.len())
        .max();
    match within {
        // `name` is part of too many other names.
        Some(_) if target == "name" || target == "profile" => 0,
        Some(length) if length.saturating_mul(2) >= name.len() => 65,
        Some(_) => 45,
        None => 0,
    }
}

/// Tells whether cells look like values of an attribute; `None` when that cannot be told.
fn looks(cells: &[&str], target: &str) -> Option<bool> {
    let is_one: fn(&str) -> bool = match target {
        "email" => attributes::is_email,
        "phone_number" => |cell| {
            let digits = cell.chars().filter(char::is_ascii_digit).count();
            (6..=15).contains(&digits) && cell.chars().all(|c| c.is_ascii_digit() || "+-./ ()".contains(c))
        },
        "email_verified" | "phone_number_verified" | MFA_ENABLED => {
            |cell| super::transform::boolean(cell).is_some()
        }
        "birthdate" => |cell| super::transform::date(cell, super::transform::DateOrder::Auto).is_some(),
        _ => return None,
    };
    if cells.is_empty() {
        return None;
    }
    let good = cells.iter().filter(|cell| is_one(cell)).count();
    let most = good.saturating_mul(10) >= cells.len().saturating_mul(7);
    // Only an address is told by its looks alone; digits and words may be anything.
    if target == "email" || !most {
        Some(most)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Vec<String> {
        let mut template = super::super::header::template(&attributes::standard_schema());
        template.push("custom:tier".to_owned());
        template
    }

    fn targets(columns: &[&str], samples: &[&[&str]]) -> Vec<String> {
        let columns: Vec<_> = columns.iter().map(|name| (*name).to_owned()).collect();
        let samples: Vec<Vec<String>> = samples
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        suggest(&columns, &samples, &template())
            .into_iter()
            .map(|suggestion| suggestion.target.unwrap_or_default())
            .collect()
    }

    #[test]
    fn english_headers_are_known() {
        assert_eq!(
            targets(
                &[
                    "User Name",
                    "First Name",
                    "Last name",
                    "E-Mail",
                    "Mobile Phone",
                    "Date of Birth",
                    "Tier",
                    "Shoe size"
                ],
                &[]
            ),
            [
                "cognito:username",
                "given_name",
                "family_name",
                "email",
                "phone_number",
                "birthdate",
                "custom:tier",
                ""
            ]
        );
    }

    #[test]
    fn german_headers_are_known() {
        assert_eq!(
            targets(
                &[
                    "Benutzername",
                    "Vorname",
                    "Nachname",
                    "E-Mail-Adresse",
                    "Handynummer",
                    "Geburtsdatum",
                    "Straße"
                ],
                &[]
            ),
            [
                "cognito:username",
                "given_name",
                "family_name",
                "email",
                "phone_number",
                "birthdate",
                "address"
            ]
        );
    }

    #[test]
    fn addresses_are_known_by_their_looks() {
        let rows: &[&[&str]] = &[&["a@example.com", "x"], &["b@example.com", "y"]];
        assert_eq!(targets(&["Column 1", "Column 2"], rows), ["email", ""]);
        assert_eq!(
            targets(&["mail", "contact"], &[&["Hello", "a@example.com"]]),
            ["", "email"]
        );
    }

    #[test]
    fn own_name_of_an_attribute_is_no_guess_whatever_its_cells_look_like() {
        let sure = |column: &str| {
            let rows = [vec!["not an address".to_owned()]];
            suggest(&[column.to_owned()], &rows, &template())[0].confidence
        };
        assert!(sure("email") >= 60);
        assert!(sure("E-Mail") >= 60);
        assert!(sure("contact mail") < 60);
    }

    #[test]
    fn no_attribute_is_proposed_twice_and_the_exact_name_wins() {
        assert_eq!(targets(&["mail", "email"], &[]), ["", "email"]);
    }
}
