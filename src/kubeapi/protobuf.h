// Bodies in Kubernetes' protobuf form: what kubectl sends for the kinds it has compiled in (namespaces, secrets, config
// maps, events, leases, access reviews, delete options). Decoding only: answers are JSON, which every client accepts.
//
//   6b 38 73 00                     "k8s\0"
//   0a .. 0a .. v1  12 .. Secret    runtime.Unknown: typeMeta (apiVersion, kind)
//   12 .. raw                       the message itself; its fields by the tables in protobuf.cc
//
// Unknown fields are skipped, as protobuf asks. Bounded: nesting, and nothing is read outside the bytes. Pure.
// Source: the published generated.proto files of Kubernetes (field numbers are facts of that protocol).
#pragma once

#include <string_view>

#include "data/value.h"
#include "objects/api_status.h"

namespace windlass::kubeapi {

/// The object as its JSON form has it. 415 for a kind that is not in the tables, 400 for damaged bytes.
objects::Outcome<data::Value> decode_protobuf(std::string_view bytes);

}  // namespace windlass::kubeapi
