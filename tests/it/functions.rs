//! A function of the admin's own, as the engine calls it over HTTP: keeps what it was told and
//! answers as the test says.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use poolhouse::wire::engine::PutFunctionRequest;
use serde_json::{Value, json};

use crate::support::TestEngine;

/// How a function answers.
#[derive(Clone)]
pub enum Reply {
    /// The event with these members of `response` filled in.
    With(Value),
    /// This value in the place of the event.
    Instead(Value),
    /// An error of the function.
    Error(&'static str),
    /// A status and a body of whatever stands before the function.
    Status(u16, &'static str),
    /// Nothing, for longer than anyone waits.
    Silence,
}

type Answer = Box<dyn Fn(&Value) -> Reply + Send + Sync>;

struct Inner {
    events: Mutex<Vec<Value>>,
    calls: Mutex<Vec<(String, HeaderMap)>>,
    answer: Mutex<Answer>,
}

/// A function that listens.
#[derive(Clone)]
pub struct Function {
    pub arn: String,
    pub url: String,
    inner: Arc<Inner>,
}

impl Function {
    /// Listens, not bound to anything yet.
    pub async fn listening(name: &str) -> Self {
        let inner = Arc::new(Inner {
            events: Mutex::default(),
            calls: Mutex::default(),
            answer: Mutex::new(Box::new(|_| Reply::With(json!({})))),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(any(answer)).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            arn: format!("arn:aws:lambda:us-east-1:123456789012:function:{name}"),
            url,
            inner,
        }
    }

    /// Listens, bound to its ARN.
    pub async fn bound(t: &TestEngine, name: &str) -> Self {
        let function = Self::listening(name).await;
        t.ok(&PutFunctionRequest {
            function_arn: function.arn.clone(),
            address: Some(function.url.clone()),
            ..Default::default()
        })
        .await;
        function
    }

    /// Says how it answers from now on.
    pub fn answers(&self, answer: impl Fn(&Value) -> Reply + Send + Sync + 'static) {
        *self.inner.answer.lock().unwrap() = Box::new(answer);
    }

    /// Says what it answers from now on.
    pub fn replies(&self, reply: Reply) {
        self.answers(move |_| reply.clone());
    }

    /// Returns the events so far, and forgets them.
    pub fn events(&self) -> Vec<Value> {
        std::mem::take(&mut *self.inner.events.lock().unwrap())
    }

    /// Returns the only event so far, and forgets it.
    pub fn event(&self) -> Value {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// Returns the sources of the events so far, and forgets them.
    pub fn sources(&self) -> Vec<String> {
        self.events()
            .iter()
            .map(|event| event["triggerSource"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Returns the paths and headers of the calls so far.
    pub fn calls(&self) -> Vec<(String, HeaderMap)> {
        self.inner.calls.lock().unwrap().clone()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let event: Value = serde_json::from_slice(&body).unwrap();
    inner.calls.lock().unwrap().push((uri.path().to_owned(), headers));
    inner.events.lock().unwrap().push(event.clone());
    let reply = (*inner.answer.lock().unwrap())(&event);
    match reply {
        Reply::With(filled) => {
            let mut event = event;
            for (name, value) in filled.as_object().unwrap() {
                event["response"][name] = value.clone();
            }
            event.to_string().into_response()
        }
        Reply::Instead(value) => value.to_string().into_response(),
        Reply::Error(message) => (
            [("x-amz-function-error", "Unhandled")],
            json!({"errorMessage": message, "errorType": "Error"}).to_string(),
        )
            .into_response(),
        Reply::Status(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Reply::Silence => {
            std::future::pending::<()>().await;
            StatusCode::OK.into_response()
        }
    }
}
