package web

import "github.com/prometheus/client_golang/prometheus"

// poolCollector reads the database pool when the metrics are read.
type poolCollector struct{ stat func() PoolStat }

var (
	poolConns = prometheus.NewDesc("oneid_db_connections", "Database connections, by state.", []string{"state"}, nil)
	poolMax   = prometheus.NewDesc("oneid_db_connections_max", "The most database connections this process opens.", nil, nil)
	poolTaken = prometheus.NewDesc("oneid_db_acquires_total", "Connections taken from the pool.", nil, nil)
	poolDry   = prometheus.NewDesc("oneid_db_empty_acquires_total", "Connections that had to be waited for.", nil, nil)
	poolGone  = prometheus.NewDesc("oneid_db_canceled_acquires_total", "Requests that gave up waiting for a connection.", nil, nil)
	poolWait  = prometheus.NewDesc("oneid_db_acquire_seconds_total", "Time spent taking connections.", nil, nil)
)

// Describe names the pool's metrics.
func (poolCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolConns, poolMax, poolTaken, poolDry, poolGone, poolWait} {
		ch <- d
	}
}

// Collect reads them.
func (c poolCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.stat()
	gauge := func(d *prometheus.Desc, v int32, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	count := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	gauge(poolConns, s.AcquiredConns(), "in_use")
	gauge(poolConns, s.IdleConns(), "idle")
	gauge(poolConns, s.TotalConns(), "all")
	gauge(poolMax, s.MaxConns())
	count(poolTaken, float64(s.AcquireCount()))
	count(poolDry, float64(s.EmptyAcquireCount()))
	count(poolGone, float64(s.CanceledAcquireCount()))
	count(poolWait, s.AcquireDuration().Seconds())
}
