//! JSON out of a reply that may have more around it.

use crate::LlmError;
use serde::de::DeserializeOwned;

/// Parses the reply as `T`: the whole text, or the object inside a code fence or a sentence.
///
/// # Errors
/// `Malformed` with serde's reason.
pub fn json<T: DeserializeOwned>(reply: &str) -> Result<T, LlmError> {
    let text = reply.trim();
    // serde would take an array for a struct, too; only an object names its parts.
    if !text.contains('{') {
        return Err(LlmError::Malformed("it holds no JSON object".into()));
    }
    let error = match serde_json::from_str(text) {
        Ok(value) if text.starts_with('{') => return Ok(value),
        Ok(_) => "it is not one JSON object".to_owned(),
        Err(error) => error.to_string(),
    };
    // Models that do not know response formats like to introduce their JSON; some think aloud
    // first, with braces. Each opening brace is tried; a stream takes what follows as the rest.
    for (start, _) in text.match_indices('{').take(64) {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<T>();
        if let Some(Ok(value)) = values.next() {
            return Ok(value);
        }
    }
    Err(LlmError::Malformed(error))
}

#[cfg(test)]
mod tests {
    use super::json;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Draft {
        sql: String,
    }

    #[test]
    fn finds_the_object_wherever_it_is() {
        for reply in [
            r#"{"sql":"a"}"#,
            "\n```json\n{\"sql\": \"a\"}\n```\n",
            r#"Here it is: {"sql":"a"} Have fun {}."#,
            r#"<think>maybe {"x":1}?</think> {"sql":"a","more":[1]}"#,
        ] {
            assert_eq!(json::<Draft>(reply).unwrap(), Draft { sql: "a".into() }, "{reply}");
        }
        for reply in ["", "no", "{", "{\"sql\": 1}", "[\"sql\"]", &"{".repeat(100_000)] {
            assert!(json::<Draft>(reply).is_err());
        }
    }
}
