//! Which calls are listed: all, or those that make a number of a group's statistics.

use model::fact::{Peer, Role};
use model::id::{CallId, PartyId};
use model::number::Number;
use model::record::{CallRecord, VisitRecord};
use model::time::{Span, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::may_see;
use crate::ApiState;
use crate::figures::{Gathered, Offer, Went, offer, offered_to, waited, went};
use crate::gateway::{Ask, Depth};
use crate::principal::Scope;
use crate::problem::Problem;
use crate::request::was_there;
use crate::window;

/// Records read together where a list has to look for what it wants.
const BATCH: u32 = 500;

/// Which calls, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallsQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// Calls on a page; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Begun, or with `group` entered, from then on: ISO 8601, as `2026-03-02T00:00:00Z`, or `2026-03-02` as the
    /// company's clocks show it.
    pub from: Option<String>,
    /// Before then: ISO 8601.
    pub to: Option<String>,
    /// Calls that entered this group, and its callbacks' calls.
    pub group: Option<String>,
    /// With `group`: by what became of the visit.
    pub visit: Option<VisitFilter>,
    /// With `group` and `visit`: waited at most so long, as `20s`.
    pub waited_max: Option<String>,
    /// Name or number of a person who was on the call; with `group` or `offer`: who was offered it.
    pub member: Option<String>,
    /// With `member`: by what became of the offer.
    pub offer: Option<OfferFilter>,
}

/// What became of a visit, as the counters of a group have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitFilter {
    /// Any.
    Offered,
    /// Not yet decided, or a callback that lasts.
    Inside,
    /// A member took the call.
    Answered,
    /// The caller gave up, or his callback expired or was cancelled.
    Abandoned,
    /// It went on by the fallback list or a limit of the queue.
    Overflowed,
    /// Both ends of a callback talked.
    CalledBack,
}

impl VisitFilter {
    fn admits(self, what: Went) -> bool {
        match self {
            VisitFilter::Offered => true,
            VisitFilter::Inside => what == Went::Inside,
            VisitFilter::Answered => what == Went::Answered,
            VisitFilter::Abandoned => what == Went::Abandoned,
            VisitFilter::Overflowed => what == Went::Overflowed,
            VisitFilter::CalledBack => what == Went::CalledBack,
        }
    }
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferFilter {
    /// Anything.
    Any,
    /// Taken.
    Answered,
    /// Rang its time.
    NoAnswer,
    /// Busy.
    Busy,
    /// Could not be reached.
    Unreachable,
    /// Rejected.
    Rejected,
}

impl OfferFilter {
    fn admits(self, what: Offer) -> bool {
        match self {
            OfferFilter::Any => true,
            OfferFilter::Answered => what == Offer::Answered,
            OfferFilter::NoAnswer => what == Offer::NoAnswer,
            OfferFilter::Busy => what == Offer::Busy,
            OfferFilter::Unreachable => what == Offer::Unreachable,
            OfferFilter::Rejected => what == Offer::Rejected,
        }
    }
}

/// Which part of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    /// Begun before this call.
    pub(super) before: Option<CallId>,
    /// At most so many.
    pub(super) limit: u32,
}

/// What is looked for, read and resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    window: Option<(Utc, Utc)>,
    group: Option<Number>,
    visit: Option<VisitFilter>,
    waited_max: Option<Span>,
    member: Option<PartyId>,
    offer: Option<OfferFilter>,
}

impl CallsQuery {
    /// What is looked for.
    ///
    /// # Errors
    /// A field cannot be read: 400. A group or person that the asker may not know of: 404.
    pub(super) async fn wanted(&self, state: &ApiState, scope: &Scope) -> Result<Wanted, Problem> {
        let window = window::read(state, scope, (self.from.as_deref(), self.to.as_deref())).await?;
        if self.visit.is_some() && self.group.is_none() {
            return Err(Problem::bad_field("visit", "of which group? Add `group`"));
        }
        if self.waited_max.is_some() && self.visit.is_none() {
            return Err(Problem::bad_field("waited_max", "add `visit`"));
        }
        if self.offer.is_some() && self.member.is_none() {
            return Err(Problem::bad_field("offer", "to whom? Add `member`"));
        }
        let waited_max = self.waited_max.as_deref().map(str::parse::<Span>).transpose();
        let waited_max = waited_max.map_err(|fault| Problem::bad_field("waited_max", fault.to_string()))?;
        let group = match self.group.as_deref() {
            // `+` of a query means a space, where it was not written as `%2B`.
            Some(text) => Some(seen_group(state, scope, &text.replace(' ', "+")).await?),
            None => None,
        };
        let member = match self.member.as_deref() {
            Some(name) => Some(scope.party(state, &name.replace(' ', "+")).await?),
            None => None,
        };
        Ok(Wanted { window, group, visit: self.visit, waited_max, member, offer: self.offer })
    }
}

async fn seen_group(state: &ApiState, scope: &Scope, text: &str) -> Result<Number, Problem> {
    let group: Number = text.parse().map_err(|_| Problem::not_found())?;
    let seen = scope.may_see_group(state, group).await? && was_there(state, scope, group).await?;
    if seen { Ok(group) } else { Err(Problem::not_found()) }
}

impl Wanted {
    /// A page of what the asker may see, newest first, and the cursor of the next.
    pub(super) async fn page(
        &self,
        state: &ApiState,
        scope: &Scope,
        slice: Slice,
    ) -> Result<(Vec<CallRecord>, Option<String>), Problem> {
        match self.group {
            Some(group) => self.page_of_group(state, scope, group, slice).await,
            None => self.page_of_all(state, scope, slice).await,
        }
    }

    async fn page_of_group(
        &self,
        state: &ApiState,
        scope: &Scope,
        group: Number,
        Slice { before, limit }: Slice,
    ) -> Result<(Vec<CallRecord>, Option<String>), Problem> {
        let (tenant, window) = (scope.tenant.clone(), Some(self.window.unwrap_or(window::ALWAYS)));
        let depth = Depth::Own;
        let gathered =
            state.gateway.ask(|answer| Ask::Gather { tenant, group, window, depth, answer }).await?;
        let gathered = gathered.ok_or_else(Problem::not_found)?;
        let mut found: Vec<&CallRecord> = gathered
            .visited
            .iter()
            .chain(&gathered.for_callbacks)
            .filter(|record| {
                before.is_none_or(|before| record.call < before) && self.admits(record, &gathered)
            })
            .collect();
        found.sort_unstable_by_key(|record| std::cmp::Reverse(record.call));
        let mut page: Vec<CallRecord> = Vec::new();
        for record in found {
            if !may_see(state, scope, record).await? {
                continue;
            }
            if page.len() == limit as usize {
                return Ok(cut(page));
            }
            page.push(record.clone());
        }
        Ok((page, None))
    }

    async fn page_of_all(
        &self,
        state: &ApiState,
        scope: &Scope,
        Slice { mut before, limit }: Slice,
    ) -> Result<(Vec<CallRecord>, Option<String>), Problem> {
        let mut page: Vec<CallRecord> = Vec::new();
        // One more than wanted tells whether there is a next page; who sees only some reads on.
        let batch = if self.member.is_none() && scope.person().is_none() { limit + 1 } else { BATCH };
        loop {
            let (tenant, window) = (scope.tenant.clone(), self.window);
            let ask = |answer| Ask::Calls { tenant, before, window, limit: batch, answer };
            let records = state.gateway.ask(ask).await?;
            let last = records.len() < batch as usize;
            before = records.last().map(|record| record.call);
            for record in records {
                if !self.has_member(&record) || !may_see(state, scope, &record).await? {
                    continue;
                }
                if page.len() == limit as usize {
                    return Ok(cut(page));
                }
                page.push(record);
            }
            if last {
                return Ok((page, None));
            }
        }
    }

    /// Whether a call makes the number asked for.
    fn admits(&self, record: &CallRecord, gathered: &Gathered) -> bool {
        let visited = match self.visit {
            None => true,
            Some(filter) => gathered.visits(record).any(|visit| {
                filter.admits(went(visit, record.call, &gathered.callbacks)) && self.in_time(visit)
            }),
        };
        let offered = self.member.is_none_or(|member| {
            let filter = self.offer.unwrap_or(OfferFilter::Any);
            let mut legs = record.legs.iter();
            legs.any(|leg| offered_to(leg, gathered.group) == Some(member) && filter.admits(offer(leg)))
        });
        visited && offered
    }

    fn in_time(&self, visit: &VisitRecord) -> bool {
        self.waited_max.is_none_or(|max| waited(visit).is_some_and(|waited| waited <= max))
    }

    /// Without a group: whether the person was on the call, or was offered it.
    fn has_member(&self, record: &CallRecord) -> bool {
        self.member.is_none_or(|member| {
            record.legs.iter().any(|leg| {
                leg.peer == Peer::Party(member)
                    && self.offer.is_none_or(|filter| leg.role == Role::Member && filter.admits(offer(leg)))
            })
        })
    }
}

/// A full page that is not the last.
fn cut(page: Vec<CallRecord>) -> (Vec<CallRecord>, Option<String>) {
    let next = page.last().map(|record| record.call.to_string());
    (page, next)
}
