//! Prompts ready to be played: a snapshot of all companies' own and the built-in ones, which the own win over.

use std::collections::HashMap;
use std::sync::Arc;

use media::clip::Clip;
use model::id::{PromptName, TenantId};
use model::language::Language;
use model::leg::PromptRef;

/// All prompts.
#[derive(Debug, Default)]
pub struct Prompts {
    built_in: Arc<HashMap<(PromptName, Language), Arc<Clip>>>,
    own: HashMap<(TenantId, PromptName, Language), Arc<Clip>>,
}

impl Prompts {
    /// From decoded audio.
    pub fn new(
        built_in: Arc<HashMap<(PromptName, Language), Arc<Clip>>>,
        own: HashMap<(TenantId, PromptName, Language), Arc<Clip>>,
    ) -> Prompts {
        Prompts { built_in, own }
    }

    pub(crate) fn find(&self, tenant: &TenantId, prompt: &PromptRef) -> Option<&Arc<Clip>> {
        let own = self.own.get(&(tenant.clone(), prompt.name.clone(), prompt.language));
        own.or_else(|| self.built_in.get(&(prompt.name.clone(), prompt.language)))
    }
}
