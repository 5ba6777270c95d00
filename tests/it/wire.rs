//! The wire types against the service model: no operation, member or enum value is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use poolhouse::wire::{self, Service, model};
use serde_json::{Map, Value, json};

const MODELS: [(Service, &str); 2] = [
    (Service::Idp, include_str!("../../assets/api/cognito-idp.json")),
    (
        Service::Identity,
        include_str!("../../assets/api/cognito-identity.json"),
    ),
];

fn models() -> impl Iterator<Item = (Service, Value)> {
    MODELS
        .into_iter()
        .map(|(service, text)| (service, serde_json::from_str(text).unwrap()))
}

/// Makes a value of a shape with every member set; a shape inside itself is left out.
fn sample(shapes: &Value, name: &str, above: &mut Vec<String>) -> Option<Value> {
    if above.iter().any(|outer| outer == name) {
        return None;
    }
    above.push(name.to_owned());
    let shape = &shapes[name];
    let mut inner = |key: &str| sample(shapes, shape[key].as_str().unwrap(), above);
    let value = match shape["type"].as_str().unwrap() {
        "structure" if shape["document"] == true => json!({"any": [1, {"thing": null}]}),
        "structure" => {
            let mut members = Map::new();
            for (member, target) in shape["members"].as_object().unwrap() {
                if let Some(value) = sample(shapes, target.as_str().unwrap(), above) {
                    members.insert(member.clone(), value);
                }
            }
            Value::Object(members)
        }
        "list" => Value::Array(inner("member").into_iter().collect()),
        "map" => {
            let key = inner("key").unwrap();
            let value = inner("value").unwrap();
            json!({key.as_str().unwrap(): value})
        }
        "integer" | "long" => json!(7),
        "boolean" => json!(true),
        "blob" => json!("cG9vbA=="),
        "timestamp" => json!(1_700_000_000.123),
        "string" => match shape["enum"].as_array() {
            Some(values) => values[0].clone(),
            None => json!("text"),
        },
        other => panic!("a shape of type {other}"),
    };
    above.pop();
    Some(value)
}

#[test]
fn every_operation_of_the_model_has_its_types() {
    for (service, model) in models() {
        let known: BTreeSet<&str> = wire::operations()
            .filter(|info| info.service == service)
            .map(|info| info.name)
            .collect();
        let wanted: BTreeSet<&str> = model["operations"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(known, wanted);
    }
}

#[test]
fn every_member_survives_decoding_and_encoding() {
    for (service, model) in models() {
        for info in wire::operations().filter(|info| info.service == service) {
            let operation = &model["operations"][info.name];
            let sides = [
                ("input", info.request_round_trip),
                ("output", info.response_round_trip),
            ];
            for (side, round_trip) in sides {
                let Some(shape) = operation[side].as_str() else {
                    continue;
                };
                let full = sample(&model["shapes"], shape, &mut Vec::new()).unwrap();
                let back = round_trip(full.clone()).unwrap_or_else(|reason| panic!("{shape}: {reason}"));
                assert_eq!(back, full, "{shape}");
            }
        }
    }
}

#[test]
fn declared_errors_are_those_of_the_model() {
    for (service, model) in models() {
        for info in wire::operations().filter(|info| info.service == service) {
            let declared: BTreeSet<&str> = info.errors.iter().map(|code| code.as_str()).collect();
            let wanted: BTreeSet<&str> = model["operations"][info.name]["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|code| code.as_str().unwrap())
                .collect();
            assert_eq!(declared, wanted, "{}", info.name);
        }
    }
}

#[test]
fn every_enum_value_of_the_model_is_known() {
    let declaration = regex::Regex::new(r"wire_enum!\s*[({]\s*(\w+)\s*\{([^}]*)\}").unwrap();
    let literal = regex::Regex::new("\"([^\"]*)\"").unwrap();
    for (folder, (_, model)) in ["idp", "identity"].into_iter().zip(models()) {
        let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/wire")
            .join(folder);
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for found in declaration.captures_iter(&text) {
                let values = literal
                    .captures_iter(&found[2])
                    .map(|value| value[1].to_owned())
                    .collect();
                known.insert(found[1].to_owned(), values);
            }
        }
        for (name, shape) in model["shapes"].as_object().unwrap() {
            let Some(values) = shape["enum"].as_array() else {
                continue;
            };
            let wanted: BTreeSet<String> = values
                .iter()
                .map(|value| value.as_str().unwrap().to_owned())
                .collect();
            assert_eq!(known.get(name), Some(&wanted), "{name}");
        }
    }
}

#[test]
fn the_check_keeps_every_member_it_is_given() {
    // Texts of the sample break patterns; what matters is that nothing is taken for unknown or mistyped.
    for (service, model) in models() {
        for info in wire::operations().filter(|info| info.service == service) {
            let Some(shape) = model["operations"][info.name]["input"].as_str() else {
                continue;
            };
            let full = sample(&model["shapes"], shape, &mut Vec::new()).unwrap();
            match model::check(service, info.name, full.clone()) {
                Ok(kept) => assert_eq!(kept, full, "{shape}"),
                Err(model::Refused::Constraint(_)) => {}
                Err(model::Refused::Serialization(text)) => panic!("{shape}: {text}"),
            }
        }
    }
}

/// Any JSON, a few levels deep.
fn any_json() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    /// Puts any JSON in the place of each member of each request: the check answers, and
    /// what it lets through the types decode.
    #[test]
    fn any_json_is_refused_or_decodes(any in any_json()) {
        for (service, model) in models() {
            for info in wire::operations().filter(|info| info.service == service) {
                let Some(shape) = model["operations"][info.name]["input"].as_str() else { continue };
                let full = sample(&model["shapes"], shape, &mut Vec::new()).unwrap();
                for member in full.as_object().unwrap().keys() {
                    let mut body = full.clone();
                    body[member] = any.clone();
                    if let Ok(kept) = model::check(service, info.name, body) {
                        proptest::prop_assert!((info.request_round_trip)(kept).is_ok());
                    }
                }
            }
        }
    }
}
