// How java.util.Date, TimeZone and their relatives lie in the heap, for the files that make them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/native.h"

namespace windlass::vm {

Value make_date(Heap& heap, std::int64_t millis, ClassId class_id = java::date);
std::int64_t date_millis(Heap& heap, Value date);
/// java.util.TimeZone, or a java.time.ZoneId with its class.
Value make_zone(Heap& heap, std::string_view id, ClassId class_id = java::time_zone);
std::string zone_id(Heap& heap, Value zone);
/// The zone that scripts get when they name none.
std::string default_zone(Call& call);
/// java.text.ParseException with its errorOffset, or whatever else the parser threw.
Status throw_parse_exception(Call& call, const num::Thrown& thrown);

}  // namespace windlass::vm
