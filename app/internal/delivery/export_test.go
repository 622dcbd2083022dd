package delivery

// Signature lets tests sign as a carrier does.
var Signature = signature
