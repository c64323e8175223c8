// The list of native tables. Each gdk/<story>.cc defines one function `NativeTable <story>_methods()` that returns a
// view of its static constexpr array; it is declared here and added to all_native_tables() in tables.cc.
//
//   namespace {
//   Status string_trim(Call& call) { … return call.give_text(…); }
//   constexpr NativeMethod kMethods[] = {
//       {"java.lang.String", "trim", "", string_trim},
//       {"java.lang.String", "substring", "int,int", string_substring},
//       {"java.lang.Integer", "parseInt", "String", integer_parse, NativeKind::static_method},
//       {"java.lang.Integer", "MAX_VALUE", "", integer_max, NativeKind::static_field},
//       {"java.util.Date", "<init>", "long", date_new, NativeKind::constructor},
//   };
//   }
//   NativeTable string_methods() { return kMethods; }
#pragma once

#include <vector>

#include "vm/native.h"

namespace windlass::vm {

/// The evaluator's own: Object, Class, GString, script and enum methods.
NativeTable core_methods();
NativeTable closure_methods();
NativeTable throwable_methods();
NativeTable meta_methods();
NativeTable string_methods();
NativeTable collection_methods();
NativeTable number_methods();
NativeTable regex_methods();
NativeTable utility_methods();
NativeTable big_number_methods();
NativeTable iterator_methods();
NativeTable enum_methods();
NativeTable math_methods();
NativeTable operator_methods();
NativeTable text_more_methods();
NativeTable jenkins_methods();
NativeTable byte_stream_methods();
NativeTable calendar_methods();
NativeTable chrono_field_methods();
NativeTable codec_methods();
NativeTable date_methods();
NativeTable decimal_symbols_methods();
NativeTable json_lib_methods();
NativeTable json_methods();
NativeTable local_time_methods();
NativeTable random_methods();
NativeTable string_builder_methods();
NativeTable text_io_methods();
NativeTable path_methods();
NativeTable url_methods();
NativeTable year_methods();
NativeTable zoned_time_methods();
NativeTable array_methods();
NativeTable container_methods();
NativeTable list_methods();
NativeTable map_methods();
NativeTable stream_methods();
NativeTable xml_methods();
NativeTable number_format_methods();

/// Every table, in a fixed order. Pure.
std::vector<NativeTable> all_native_tables();

}  // namespace windlass::vm
