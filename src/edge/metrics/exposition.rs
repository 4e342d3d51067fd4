//! The names of metrics, and how they are written.

use std::fmt::{self, Error};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

use super::Program;
use super::requests::Requests;
use crate::meter::Histogram;
use crate::route::Load;
use crate::store::{Store, StoreMetrics, StoreState};

type Written = Result<(), Error>;

/// Nanoseconds in seconds.
const SECOND: f64 = 1e9;

/// The program, and crewed's version.
#[derive(Debug)]
pub(super) struct OfProgram(pub(super) Program);

impl Collector for OfProgram {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Written {
        let Program { name, version } = &self.0;
        let labels = [("program", &**name), ("version", &**version), ("crewed", env!("CARGO_PKG_VERSION"))];
        let help = "The program and its version, and the version of crewed that it is built with";
        encoder.encode_descriptor("crewed_build", help, None, MetricType::Info)?.encode_info(&labels)
    }
}

/// The requests.
#[derive(Debug)]
pub(super) struct OfRequests(pub(super) Arc<Requests>);

impl Collector for OfRequests {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Written {
        let all = || self.0.all().filter(|series| !series.operation.is_empty());
        let help = "How long requests took until their answers began";
        let name = "http_server_request_duration_seconds";
        let mut durations = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for series in all() {
            for (method, status, times) in series.all() {
                let status = status.to_string();
                let labels = [("operation", &*series.operation), ("method", method), ("status", &status)];
                histogram(&mut durations.encode_family(&labels)?, times, SECOND)?;
            }
        }
        let help = "How many requests are being answered, until the last byte is sent";
        let active = self.0.active.load(Ordering::Relaxed);
        encoder
            .encode_descriptor("http_server_active_requests", help, None, MetricType::Gauge)?
            .encode_gauge(&active)?;
        // What has not been asked for has no bytes.
        let asked = || all().filter(|series| series.all().next().is_some());
        let help = "The bytes of the bodies of answers";
        let mut sent =
            encoder.encode_descriptor("http_server_response_body_bytes", help, None, MetricType::Counter)?;
        for series in asked() {
            let labels = [("operation", &*series.operation)];
            counter(&mut sent.encode_family(&labels)?, series.sent.load(Ordering::Relaxed))?;
        }
        let help = "The bytes of the bodies of requests, as far as they were read";
        let mut received =
            encoder.encode_descriptor("http_server_request_body_bytes", help, None, MetricType::Counter)?;
        for series in asked() {
            let labels = [("operation", &*series.operation)];
            counter(&mut received.encode_family(&labels)?, series.received.load(Ordering::Relaxed))?;
        }
        Ok(())
    }
}

/// The places for requests.
#[derive(Debug)]
pub(super) struct OfLoad(pub(super) Arc<Load>);

impl Collector for OfLoad {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Written {
        let help = "How many requests have a place among those that are answered at once (load.max_requests)";
        encoder
            .encode_descriptor("crewed_load_requests", help, None, MetricType::Gauge)?
            .encode_gauge(&self.0.in_flight())
    }
}

/// The store.
pub(super) struct OfStore {
    pub(super) store: Arc<dyn Store>,
    pub(super) metrics: Arc<StoreMetrics>,
}

impl fmt::Debug for OfStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfStore").field("metrics", &self.metrics).finish_non_exhaustive()
    }
}

impl Collector for OfStore {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Written {
        let StoreState { reads, writes, pool, replicas } = self.store.state();
        let queues =
            [("reads", reads), ("writes", writes)].map(|(queue, length)| ([("queue", queue)], length));
        let help =
            "How many reads, and how many writes and transactions, wait for the store or are under way";
        gauges(&mut encoder, "crewed_store_queue_length", help, queues)?;
        let StoreMetrics { groups, commits, .. } = &*self.metrics;
        let help = "How many writes were committed together";
        histogram(
            &mut encoder.encode_descriptor("crewed_store_group_size", help, None, MetricType::Histogram)?,
            groups,
            1.0,
        )?;
        let help = "How long commits took";
        let name = "crewed_store_commit_duration_seconds";
        histogram(&mut encoder.encode_descriptor(name, help, None, MetricType::Histogram)?, commits, SECOND)?;
        let help = "How many writes, reads and transactions were tried once more, after a conflict or a lost connection";
        counter(
            &mut encoder.encode_descriptor("crewed_store_retries", help, None, MetricType::Counter)?,
            self.metrics.retries(),
        )?;
        if let Some(pool) = pool {
            let help = "How many connections of the pool are open";
            let states = [("used", pool.used), ("idle", pool.open.saturating_sub(pool.used))];
            let states = states.map(|(state, count)| ([("state", state)], count));
            gauges(&mut encoder, "crewed_store_pool_connections", help, states)?;
            let help = "How many connections the pool may have";
            encoder
                .encode_descriptor("crewed_store_pool_max_connections", help, None, MetricType::Gauge)?
                .encode_gauge(&pool.max)?;
            let help = "How many requests wait for a connection of the pool";
            encoder
                .encode_descriptor("crewed_store_pool_waiting", help, None, MetricType::Gauge)?
                .encode_gauge(&pool.waiting)?;
        }
        if replicas.is_empty() {
            return Ok(());
        }
        let numbers: Vec<String> = (0..replicas.len()).map(|index| index.to_string()).collect();
        let of = |value: fn(&crate::store::ReplicaState) -> u64| {
            let values = numbers.iter().zip(&replicas);
            values.map(move |(number, replica)| ([("replica", &**number)], value(replica)))
        };
        let help = "Whether a replica answers, by its position in the configuration";
        gauges(&mut encoder, "crewed_store_replica_up", help, of(|replica| replica.is_up.into()))?;
        let help =
            "How many bytes of what this process has written a replica that answers has not replayed yet";
        gauges(&mut encoder, "crewed_store_replica_lag_bytes", help, of(|replica| replica.lag))
    }
}

fn histogram(encoder: &mut MetricEncoder<'_>, times: &Histogram, unit: f64) -> Written {
    let counted = times.counted();
    let buckets: Vec<(f64, u64)> =
        counted.buckets.iter().map(|(bound, count)| (*bound as f64 / unit, *count)).collect();
    encoder.encode_histogram::<NoLabelSet>(counted.sum as f64 / unit, counted.count, &buckets, None)
}

fn counter(encoder: &mut MetricEncoder<'_>, count: u64) -> Written {
    encoder.encode_counter::<NoLabelSet, u64, f64>(&count, None)
}

/// A gauge for each set of labels.
fn gauges<L: EncodeLabelSet, V: prometheus_client::encoding::EncodeGaugeValue>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (L, V)>,
) -> Written {
    let mut all = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (labels, value) in values {
        all.encode_family(&labels)?.encode_gauge(&value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::prometheus_text;
    use prometheus_client::registry::Registry;

    use super::*;
    use crate::store::{Answer, Begun, BoxedSink, Checked, PoolState, ReplicaState, Select, Write};

    /// A store with everything that one can have.
    struct Measured;

    impl Store for Measured {
        fn read(&self, _: Select, _: BoxedSink) -> Answer<'_> {
            unreachable!("nobody reads")
        }

        fn write(&self, _: Write, _: BoxedSink) -> Answer<'_> {
            unreachable!("nobody writes")
        }

        fn check(&self) -> Checked<'_> {
            unreachable!("nobody checks it")
        }

        fn begin(&self) -> Begun<'_> {
            unreachable!("nobody begins")
        }

        fn state(&self) -> StoreState {
            let up = ReplicaState { is_up: true, lag: 4096 };
            StoreState {
                reads: 3,
                writes: 4,
                pool: Some(PoolState { max: 16, open: 5, used: 2, waiting: 1 }),
                replicas: vec![up, ReplicaState::default()],
            }
        }
    }

    #[test]
    fn everything_that_a_store_has_is_told() {
        let metrics = Arc::<StoreMetrics>::default();
        metrics.groups.observe(3);
        metrics.commits.observe(2_000_000);
        let mut registry = Registry::default();
        registry.register_collector(Box::new(OfStore { store: Arc::new(Measured), metrics }));
        let mut text = String::new();
        assert!(prometheus_text::encode(&mut text, &registry).is_ok());
        for line in [
            "crewed_store_queue_length{queue=\"reads\"} 3",
            "crewed_store_queue_length{queue=\"writes\"} 4",
            "crewed_store_group_size_bucket{le=\"2\"} 0",
            "crewed_store_group_size_bucket{le=\"4\"} 1",
            "crewed_store_group_size_sum 3.0",
            "crewed_store_commit_duration_seconds_bucket{le=\"0.001\"} 0",
            "crewed_store_commit_duration_seconds_bucket{le=\"0.0025\"} 1",
            "crewed_store_commit_duration_seconds_bucket{le=\"+Inf\"} 1",
            "crewed_store_commit_duration_seconds_sum 0.002",
            "crewed_store_retries_total 0",
            "crewed_store_pool_connections{state=\"used\"} 2",
            "crewed_store_pool_connections{state=\"idle\"} 3",
            "crewed_store_pool_max_connections 16",
            "crewed_store_pool_waiting 1",
            "crewed_store_replica_up{replica=\"0\"} 1",
            "crewed_store_replica_up{replica=\"1\"} 0",
            "crewed_store_replica_lag_bytes{replica=\"0\"} 4096",
            "crewed_store_replica_lag_bytes{replica=\"1\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
