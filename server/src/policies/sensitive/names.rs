//! What a column's name says it holds, in the languages that schemas are written in most.

use model::policy::SensitiveKind;

/// Words, or words one after another, of a name in lower case, without the little words that `words`
/// leaves out. The first kind that matches counts.
const SAYS: &[(SensitiveKind, &[&str])] = &[
    (
        SensitiveKind::Secret,
        &[
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "passwort",
            "kennwort",
            "contrasena",
            "senha",
            "mot passe",
            "mdp",
            "parola",
            "wachtwoord",
            "haslo",
            "secret",
            "salt",
            "pin",
            "pin code",
            "private key",
            "encryption key",
            "security answer",
            "otp",
        ],
    ),
    (
        SensitiveKind::Token,
        &[
            "token",
            "api key",
            "apikey",
            "access key",
            "auth key",
            "session key",
            "client secret",
            "webhook secret",
            "refresh token",
            "bearer",
            "jwt",
            "cookie",
            "session id",
        ],
    ),
    (
        SensitiveKind::Card,
        &[
            "card number",
            "card no",
            "card num",
            "cardnumber",
            "cc number",
            "cc num",
            "ccnumber",
            "credit card",
            "creditcard",
            "debit card",
            "pan",
            "cvv",
            "cvc",
            "kreditkarte",
            "kartennummer",
            "numero carte",
            "numero tarjeta",
            "numero cartao",
        ],
    ),
    (
        SensitiveKind::BankAccount,
        &[
            "iban",
            "bic",
            "swift",
            "bank account",
            "account number",
            "account no",
            "routing number",
            "sort code",
            "kontonummer",
            "bankverbindung",
            "clabe",
            "numero compte",
            "numero cuenta",
            "conta bancaria",
        ],
    ),
    (
        SensitiveKind::NationalId,
        &[
            "ssn",
            "social security",
            "sozialversicherungsnummer",
            "national id",
            "nationalid",
            "national insurance",
            "nino",
            "nin",
            "passport",
            "passport number",
            "passnummer",
            "ausweisnummer",
            "personalausweis",
            "steuer id",
            "steuernummer",
            "steueridnr",
            "tax id",
            "taxid",
            "tin",
            "vat id",
            "dni",
            "nie",
            "nif",
            "cpf",
            "cnpj",
            "curp",
            "rfc",
            "codice fiscale",
            "pesel",
            "bsn",
            "personnummer",
            "cedula",
            "aadhaar",
            "identity number",
            "id number",
            "driver license",
            "driver licence",
            "driving licence",
            "license plate",
            "numero securite sociale",
        ],
    ),
    (
        SensitiveKind::Email,
        &[
            "email",
            "e mail",
            "mail",
            "email address",
            "emailaddress",
            "mail address",
            "courriel",
            "correo",
            "epost",
            "emailadresse",
            "mailadresse",
        ],
    ),
    (
        SensitiveKind::Phone,
        &[
            "phone",
            "telephone",
            "tel",
            "telefon",
            "telefono",
            "telefone",
            "handy",
            "mobile",
            "mobile phone",
            "mobile number",
            "mobil",
            "movil",
            "celular",
            "cellphone",
            "cell phone",
            "portable",
            "gsm",
            "fax",
            "msisdn",
            "whatsapp",
            "phone number",
            "phonenumber",
            "telefonnummer",
            "handynummer",
        ],
    ),
    (
        SensitiveKind::BirthDate,
        &[
            "birth date",
            "birthdate",
            "birth day",
            "birthday",
            "date of birth",
            "dob",
            "born",
            "born on",
            "geburtsdatum",
            "geburtstag",
            "date naissance",
            "naissance",
            "fecha nacimiento",
            "nacimiento",
            "data nascimento",
            "nascimento",
            "data nascita",
            "nascita",
            "geboortedatum",
        ],
    ),
    (
        SensitiveKind::Salary,
        &[
            "salary",
            "wage",
            "wages",
            "gehalt",
            "lohn",
            "bruttogehalt",
            "salaire",
            "sueldo",
            "salario",
            "stipendio",
            "compensation",
            "bonus",
            "income",
            "pay rate",
            "hourly rate",
            "net pay",
            "gross pay",
            "base pay",
            "remuneration",
        ],
    ),
    (
        SensitiveKind::PersonName,
        &[
            "first name",
            "firstname",
            "fname",
            "last name",
            "lastname",
            "lname",
            "surname",
            "full name",
            "fullname",
            "given name",
            "givenname",
            "family name",
            "familyname",
            "middle name",
            "maiden name",
            "vorname",
            "nachname",
            "familienname",
            "prenom",
            "nom famille",
            "nombre",
            "apellido",
            "apellidos",
            "cognome",
            "sobrenome",
            "contact name",
            "customer name",
            "employee name",
            "patient name",
            "user name real",
        ],
    ),
    (
        SensitiveKind::Network,
        &[
            "ip",
            "ip address",
            "ipaddress",
            "ip addr",
            "ipv4",
            "ipv6",
            "mac address",
            "remote addr",
            "device id",
        ],
    ),
    (
        SensitiveKind::Address,
        &[
            "address",
            "addr",
            "street",
            "street address",
            "strasse",
            "straße",
            "adresse",
            "anschrift",
            "hausnummer",
            "direccion",
            "domicilio",
            "indirizzo",
            "endereco",
            "rue",
            "calle",
            "postal code",
            "postcode",
            "post code",
            "zip",
            "zip code",
            "zipcode",
            "plz",
            "postleitzahl",
            "code postal",
            "codigo postal",
            "cap",
            "adres",
            "latitude",
            "longitude",
        ],
    ),
];

/// A name that ends so tells about the thing, it is not the thing.
const ABOUT: &[&str] = &[
    "type",
    "status",
    "count",
    "verified",
    "confirmed",
    "sent",
    "at",
    "enabled",
    "disabled",
    "currency",
    "country",
    "template",
    "subject",
    "expires",
    "expiry",
    "expired",
    "length",
    "format",
    "valid",
    "required",
    "hint",
    "label",
    "version",
    "opt",
    "consent",
    "preference",
    "provider",
    "domain",
    "kind",
    "algorithm",
    "attempts",
    "policy",
];

/// What the name says, if it says something.
pub(super) fn kind(name: &str) -> Option<SensitiveKind> {
    let words = words(name);
    let last = words.last()?;
    if ABOUT.contains(&last.as_str()) || ["is", "has", "num", "no"].contains(&words[0].as_str()) {
        return None;
    }
    // A reference to something sensitive is only a number.
    let said = says(&words);
    let is_reference = last == "id" && words.len() > 1;
    said.filter(|kind| {
        !is_reference
            || matches!(
                kind,
                SensitiveKind::NationalId | SensitiveKind::Token | SensitiveKind::Network
            )
    })
    .filter(|_| !is_reference || ends_with_phrase(&words))
}

fn says(words: &[String]) -> Option<SensitiveKind> {
    let found = |phrase: &&str| contains(words, phrase);
    SAYS.iter().find(|(_, phrases)| phrases.iter().any(found)).map(|(kind, _)| *kind)
}

/// `tax_id` is a phrase that ends with `id`; `token_id` is a token's number.
fn ends_with_phrase(words: &[String]) -> bool {
    let all = SAYS.iter().flat_map(|(_, phrases)| phrases.iter());
    all.filter(|phrase| phrase.ends_with(" id")).any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        words.len() >= phrase.len() && words[words.len() - phrase.len()..] == phrase[..]
    })
}

fn contains(words: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).any(|window| window == phrase)
}

/// Nothing but `name`.
pub(super) fn is_plain_name(name: &str) -> bool {
    ["name", "nom", "nome", "naam", "display_name", "displayname"]
        .contains(&name.to_lowercase().as_str())
}

/// Tables of people, by the start of a word.
pub(super) fn is_about_people(table: &str) -> bool {
    const PEOPLE: &[&str] = &[
        "customer",
        "user",
        "employee",
        "person",
        "people",
        "patient",
        "member",
        "contact",
        "client",
        "kunde",
        "mitarbeiter",
        "benutzer",
        "patienten",
        "usuario",
        "empleado",
        "cliente",
        "utilisateur",
        "employe",
        "student",
        "teacher",
        "staff",
        "guest",
        "subscriber",
        "applicant",
        "candidate",
        "driver",
        "doctor",
        "passenger",
    ];
    words(table).iter().any(|word| PEOPLE.iter().any(|people| word.starts_with(people)))
}

/// The words of `snake_case`, `camelCase` and `Title Case`, in lower case, without digits at the end.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None::<char>;
    for c in name.chars() {
        let starts = !c.is_alphanumeric()
            || (c.is_uppercase() && before.is_some_and(|before| before.is_lowercase()));
        if starts || words.is_empty() {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    for word in &mut words {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if !bare.is_empty() && !bare.starts_with("ipv") {
            word.truncate(bare.len());
        }
    }
    // Little words between others say nothing.
    words.retain(|word| {
        !word.is_empty() && !["de", "la", "du", "the", "da", "di"].contains(&word.as_str())
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_several_languages() {
        use SensitiveKind as K;
        for (name, expect) in [
            ("email", Some(K::Email)),
            ("EmailAddress", Some(K::Email)),
            ("contact_e_mail", Some(K::Email)),
            ("phone2", Some(K::Phone)),
            ("TelefonNummer", Some(K::Phone)),
            ("passwordHash", Some(K::Secret)),
            ("PASSWORD", Some(K::Secret)),
            ("mot_de_passe", Some(K::Secret)),
            ("apiKey", Some(K::Token)),
            ("refresh_token", Some(K::Token)),
            ("card_number", Some(K::Card)),
            ("IBAN", Some(K::BankAccount)),
            ("national_id", Some(K::NationalId)),
            ("tax_id", Some(K::NationalId)),
            ("codice_fiscale", Some(K::NationalId)),
            ("fecha_de_nacimiento", Some(K::BirthDate)),
            ("Vorname", Some(K::PersonName)),
            ("annual_salary", Some(K::Salary)),
            ("ip_address", Some(K::Network)),
            ("shipping_address1", Some(K::Address)),
            ("email_id", None),
            ("token_id", None),
            ("address_id", None),
            ("email_verified", None),
            ("is_mobile", None),
            ("card_type", None),
            ("pancake", None),
            ("company", None),
            ("total", None),
            ("_", None),
            ("", None),
        ] {
            assert_eq!(kind(name), expect, "{name}");
        }
    }

    #[test]
    fn tables_of_people() {
        assert!(is_about_people("app_users") && is_about_people("Kunden"));
        assert!(!is_about_people("products") && !is_about_people("usage"));
    }
}
