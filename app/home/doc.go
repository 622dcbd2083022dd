// Package home is the landing page, a person's services, help, and the few
// answers that belong to no capability.
//
// A person sees every service there is: those they may open, and for the others
// what is missing and who mends it. Whether they may is journey.MayOpen's to
// say, here as when a service asks; what is shown is no promise, for it is asked
// again at that moment.
//
// Still holds what is the same for everyone and never reads a session: the page
// for when there is no network, the manifests, and the addresses that browsers
// and robots know by heart.
package home
