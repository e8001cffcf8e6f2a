//! Who asks, and what he may: a token proves an operator, a company or a person.
//!
//! Invariant: nothing of a request but its token is read before the token is known, and a token of another
//! company sees what it would see if the thing did not exist.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use model::id::{PartyId, PartyName, TenantId};
use model::number::Number;

use crate::ApiState;
use crate::gateway::{Ask, Ties};
use crate::problem::Problem;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Everything, all companies.
    Operator,
    /// Everything in one company.
    Company(TenantId),
    /// A person's own things, and the groups he supervises.
    Person {
        /// His company.
        tenant: TenantId,
        /// His name in it.
        name: PartyName,
        /// Administers the company.
        admin: bool,
        /// Supervises every group of the company.
        supervisor: bool,
    },
}

/// The company a request is about; proof that the asker belongs to it.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The company.
    pub tenant: TenantId,
    /// Who asks.
    pub principal: Principal,
}

impl FromRequestParts<ApiState> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            // A scheme's case does not count (RFC 9110 11.1).
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token)
            .ok_or_else(Problem::unauthorized)?
            .trim()
            .to_owned();
        let who = state.gateway.ask(|answer| Ask::Who { token, answer }).await?;
        who.ok_or_else(Problem::unauthorized)
    }
}

impl Principal {
    /// The company a request is about: the token's own, or for an operator the one he names by `?company=`.
    ///
    /// # Errors
    /// A foreign or unknown company: 404. An operator who names none: 400.
    pub async fn company(self, state: &ApiState, named: Option<&str>) -> Result<Scope, Problem> {
        match &self {
            Principal::Company(own) | Principal::Person { tenant: own, .. } => {
                if named.is_some_and(|named| named != own.as_str()) {
                    return Err(Problem::not_found());
                }
                Ok(Scope { tenant: own.clone(), principal: self })
            }
            Principal::Operator => {
                let companies = state.gateway.ask(|answer| Ask::Companies { answer }).await?;
                let tenant = match named {
                    Some(named) => companies.into_iter().find(|id| id.as_str() == named),
                    None => return Err(Problem::bad_field("company", "say which company: ?company=ID")),
                };
                let tenant = tenant.ok_or_else(Problem::not_found)?;
                Ok(Scope { tenant, principal: self })
            }
        }
    }

    /// As `company`, for a request that names a group: an operator need not name the company of a telephone
    /// number, since only one has it.
    ///
    /// # Errors
    /// As `company`; also when no company has the group.
    pub async fn company_of_group(
        self,
        state: &ApiState,
        named: Option<&str>,
        group: Number,
    ) -> Result<Scope, Problem> {
        if self != Principal::Operator || named.is_some() || matches!(group, Number::Short(_)) {
            return self.company(state, named).await;
        }
        for tenant in state.gateway.ask(|answer| Ask::Companies { answer }).await? {
            let asked = tenant.clone();
            let groups = state.gateway.ask(|answer| Ask::Groups { tenant: asked, answer }).await?;
            if groups.iter().any(|head| head.number == group) {
                return Ok(Scope { tenant, principal: self });
            }
        }
        Err(Problem::not_found())
    }
}

impl Scope {
    /// Who asks, if it is a person without the whole company's rights.
    pub fn person(&self) -> Option<&PartyName> {
        match &self.principal {
            Principal::Operator | Principal::Company(_) => None,
            Principal::Person { admin: true, .. } => None,
            Principal::Person { name, .. } => Some(name),
        }
    }

    /// How the asker is tied to a group; `None`: he administers all of them.
    ///
    /// # Errors
    /// The platform does not answer: 503.
    pub async fn ties(&self, state: &ApiState, group: Number) -> Result<Option<Ties>, Problem> {
        let Some(person) = self.person() else { return Ok(None) };
        let (tenant, person) = (self.tenant.clone(), person.to_string());
        Ok(Some(state.gateway.ask(|answer| Ask::Ties { tenant, group, person, answer }).await?))
    }

    /// Administrators see every group; a person those he supervises, and as a member with the right to (I-20).
    ///
    /// # Errors
    /// The platform does not answer: 503.
    pub async fn may_see_group(&self, state: &ApiState, group: Number) -> Result<bool, Problem> {
        Ok(self.ties(state, group).await?.is_none_or(Ties::may_see))
    }

    /// Whether the asker has anything to do with a group.
    ///
    /// # Errors
    /// The platform does not answer: 503.
    pub async fn is_tied_to(&self, state: &ApiState, group: Number) -> Result<bool, Problem> {
        Ok(self.ties(state, group).await?.is_none_or(Ties::is_tied))
    }

    /// The user or outside person of a name or number.
    ///
    /// # Errors
    /// There is nobody: 404. The platform does not answer: 503.
    pub async fn party(&self, state: &ApiState, name: &str) -> Result<PartyId, Problem> {
        let (tenant, name) = (self.tenant.clone(), name.to_owned());
        let party = state.gateway.ask(|answer| Ask::Person { tenant, name, answer }).await?;
        party.ok_or_else(Problem::not_found)
    }

    /// The asker himself, if he is a person without the whole company's rights.
    ///
    /// # Errors
    /// The platform does not answer: 503.
    pub async fn own_party(&self, state: &ApiState) -> Result<Option<PartyId>, Problem> {
        match self.person() {
            None => Ok(None),
            Some(person) => self.party(state, person.as_str()).await.map(Some),
        }
    }

    /// For the record of a change.
    pub fn by(&self) -> String {
        match &self.principal {
            Principal::Operator => "operator".to_owned(),
            Principal::Company(tenant) => format!("company {tenant}"),
            Principal::Person { tenant, name, .. } => format!("{name}@{tenant}"),
        }
    }
}
