//! HTTP: the API, the live stream, sign-in by token, rights and the OpenAPI document.

pub mod gateway;
