//! CSV, FHIR and the like: bytes in, values out, and the other way round.
