// links: windlass::text
// Cron specifications, label expressions and date patterns from any bytes: parsed or refused; the next time fires and
// lies ahead; a label's normal form means the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "text/cron.h"
#include "text/label_expression.h"

using namespace windlass::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2000) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  constexpr std::int64_t now = 1'795'539'152'000;
  switch (input[0] & 3) {
    case 0: {
      auto table = CronTable::parse(input.substr(1, 100), "folder/job");
      if (!table) return 0;
      if (auto next = table->next_after(now); next && (*next <= now || !table->fires_at(*next))) std::abort();
      if (auto last = table->previous_before(now); last && (*last >= now || !table->fires_at(*last))) std::abort();
      break;
    }
    case 1: {
      auto label = LabelExpression::parse(input.substr(1));
      if (!label) return 0;
      auto again = LabelExpression::parse(label->format());
      if (!again || again->format() != label->format()) std::abort();
      auto has = [](std::string_view name) { return name.size() % 2 == 0; };
      if (again->matches(has) != label->matches(has)) std::abort();
      break;
    }
    case 2: {
      std::size_t cut = input.find('\n');
      std::string_view pattern = input.substr(1, cut == input.npos ? input.npos : cut - 1);
      std::string_view text = cut == input.npos ? "" : input.substr(cut + 1);
      auto zone = TimeZone::find_or_gmt("Europe/Berlin");
      (void)format_simple_date(pattern, now, zone);
      (void)parse_simple_date(pattern, text, zone);
      (void)format_date_time(pattern, now, 5, zone);
      (void)parse_date_time(pattern, text);
      break;
    }
    default: {
      (void)parse_iso(input.substr(1));
      (void)TimeZone::find(input.substr(1));
    }
  }
  return 0;
}
