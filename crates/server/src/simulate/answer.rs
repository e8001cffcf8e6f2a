//! The API's simulations: with the company's present settings, off the threads that others wait for, few at a time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::gateway::ApplyFault;
use api::simulations::{Simulation, SimulationRefusal, SimulationReport};
use model::config::TenantConfig;
use model::id::TenantId;
use store::StoreError;
use tokio::sync::oneshot;

use super::day::Day;
use super::fault::{Fault, Field};
use super::recorded::{self, Recorded};
use super::{Prepared, changed, check_begun, faults_of_change, prepare};
use crate::node::clock::utc_now;
use crate::platform::document::{meaning, people_of};
use crate::platform::{Company, Platform};

/// Calls of a simulation at most.
const CALLS_MAX: usize = 20_000;

/// It may take so long.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Of all companies at once: calls want the other cores.
const AT_ONCE_MAX: usize = 2;

/// Whose days are being simulated; one at a time for a company.
#[derive(Debug, Default, Clone)]
pub(crate) struct Running(Arc<Mutex<BTreeSet<TenantId>>>);

/// A place among those; given back when it is dropped.
struct Place {
    running: Running,
    tenant: TenantId,
}

impl Running {
    fn take(&self, tenant: &TenantId) -> Option<Place> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = running.len() < AT_ONCE_MAX && running.insert(tenant.clone());
        room.then(|| Place { running: self.clone(), tenant: tenant.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.tenant);
    }
}

type Told = Result<Box<SimulationReport>, SimulationRefusal>;

/// Simulates and answers.
pub(crate) async fn simulate(
    platform: &Arc<Platform>,
    tenant: &TenantId,
    wish: Box<Simulation>,
    mut answer: oneshot::Sender<Told>,
) {
    // Who asked may go at any time: then nothing more is read or simulated for him.
    let prepared = tokio::select! {
        prepared = begin(platform, tenant, &wish) => prepared,
        () = answer.closed() => return,
    };
    let (place, prepared) = match prepared {
        Ok(prepared) => prepared,
        Err(refusal) => {
            let _ = answer.send(Err(refusal));
            return;
        }
    };
    tokio::task::spawn_blocking(move || {
        let until = Instant::now() + TIME_MAX;
        let report = prepared.live(&wish, &mut |_, _| !answer.is_closed() && Instant::now() < until);
        drop(place);
        let _ = answer.send(report.map(Box::new).ok_or(SimulationRefusal::TooLong));
    });
}

async fn begin(
    platform: &Arc<Platform>,
    tenant: &TenantId,
    wish: &Simulation,
) -> Result<(Place, Prepared), SimulationRefusal> {
    let company = platform.company(tenant).ok_or(SimulationRefusal::NoCompany)?;
    let config = company.config.clone();
    let day = Day::of(&wish.day, &config).map_err(refused)?;
    let now = utc_now();
    check_begun(wish, &day, now).map_err(refused)?;
    let place = platform.simulations.take(tenant).ok_or(SimulationRefusal::Busy)?;
    let other = with_changes(platform, &company, wish).await?;
    let recorded = read(platform, &company, &day).await?;
    if wish.rates.is_none() && wish.calls.is_none() && recorded.calls.is_empty() {
        let text = format!("no call to a group of the company is recorded on {}", day.date);
        return Err(refused(Fault::of(Field::Day, text)));
    }
    let prepared = prepare(wish, (config, other), day, Some(&recorded), CALLS_MAX).map_err(refused)?;
    Ok((place, prepared))
}

/// What is read is what is on disk of the present.
async fn read(platform: &Platform, company: &Company, day: &Day) -> Result<Recorded, SimulationRefusal> {
    let last = company.node.view().state.version;
    company.node.written(last).await;
    recorded::read(&platform.store, &company.config, day, utc_now()).await.map_err(unavailable)
}

async fn with_changes(
    platform: &Platform,
    company: &Company,
    wish: &Simulation,
) -> Result<Option<Arc<TenantConfig>>, SimulationRefusal> {
    if wish.changes.is_empty() {
        return Ok(None);
    }
    let Some(document) = changed(&company.document.tree(), wish).map_err(refused)? else { return Ok(None) };
    // Form first: what a key is called and which values it takes.
    let form = model::config::document::check(&document);
    let people = people_of(&platform.store, &company.config.id, &document).await.map_err(unavailable)?;
    let config =
        match (form.is_empty(), meaning(&document, company.config.version, &people, &platform.built_in)) {
            (true, Ok(config)) => config,
            (_, Ok(_)) => return Err(faults(&form)),
            (_, Err(meaning)) => return Err(faults(&model::config::fault::together(form, meaning))),
        };
    Ok(Some(Arc::new(config)))
}

fn faults(faults: &[model::config::fault::Fault]) -> SimulationRefusal {
    SimulationRefusal::Faults(
        faults_of_change(faults).iter().map(Fault::for_api).collect::<Vec<ApplyFault>>(),
    )
}

fn refused(fault: Fault) -> SimulationRefusal {
    SimulationRefusal::Faults(vec![fault.for_api()])
}

fn unavailable(error: StoreError) -> SimulationRefusal {
    tracing::error!(%error, "the records of a day could not be read");
    SimulationRefusal::Unavailable
}
