#include "vm/gdk/tables.h"

namespace windlass::vm {

std::vector<NativeTable> all_native_tables() {
  return {core_methods(),          closure_methods(),    throwable_methods(),      array_methods(),
          big_number_methods(),    calendar_methods(),   chrono_field_methods(),   codec_methods(),
          collection_methods(),    container_methods(),  date_methods(),           iterator_methods(),
          enum_methods(),          jenkins_methods(),    json_methods(),           list_methods(),
          local_time_methods(),    map_methods(),        math_methods(),           meta_methods(),
          number_format_methods(), number_methods(),     operator_methods(),       path_methods(),
          random_methods(),        regex_methods(),      stream_methods(),         string_builder_methods(),
          string_methods(),        text_io_methods(),    byte_stream_methods(),    json_lib_methods(),
          text_more_methods(),     url_methods(),        utility_methods(),        xml_methods(),
          year_methods(),          zoned_time_methods(), decimal_symbols_methods()};
}

}  // namespace windlass::vm
