#include "text/decimal_symbols.h"

#include <algorithm>

namespace windlass::text {
namespace {

constexpr std::string_view kBlank = "\u00A0";
constexpr std::string_view kNarrow = "\u202F";
constexpr std::string_view kTick = "\u2019";
constexpr std::string_view kMinus = "\u2212";

constexpr std::string_view kPercent = "#,##0%";
constexpr std::string_view kPercentApart = "#,##0\u00A0%";
constexpr std::string_view kMoneyFirst = "¤#,##0.00";
constexpr std::string_view kMoneyFirstApart = "¤\u00A0#,##0.00";
constexpr std::string_view kMoneyLast = "#,##0.00\u00A0¤";

struct Row {
  std::string_view locale;  ///< a language, or one with a country that differs
  std::string_view point, group;
  std::string_view percent = kPercent, money = kMoneyFirst;
  std::string_view minus = "-", exponent = "E", nan = "NaN";
  std::string_view money_point = {}, money_group = {};  ///< where they are others
};
constexpr Row kRows[] = {
    {"", ".", ",", kPercent, kMoneyFirstApart},
    {"cs", ",", kBlank, kPercentApart, kMoneyLast},
    {"da", ",", ".", kPercentApart, kMoneyLast},
    {"de", ",", ".", kPercentApart, kMoneyLast},
    {"de_AT", ",", kBlank, kPercentApart, kMoneyFirstApart, "-", "E", "NaN", ",", "."},
    {"de_CH", ".", kTick, kPercent, "¤\u00A0#,##0.00;¤-#,##0.00"},
    {"el", ",", ".", kPercent, kMoneyLast, "-", "e"},
    {"en", ".", ","},
    {"en_AU", ".", ",", kPercent, kMoneyFirst, "-", "e"},
    {"en_CA", ".", ",", kPercent, kMoneyFirst, "-", "e"},
    {"en_ZA", ",", kBlank},
    {"es", ",", ".", kPercentApart, kMoneyLast},
    {"es_MX", ".", ",", kPercentApart, kMoneyFirst},
    {"fi", ",", kBlank, kPercentApart, kMoneyLast, kMinus, "E", "epäluku"},
    {"fr", ",", kNarrow, kPercentApart, kMoneyLast},
    {"fr_CA", ",", kBlank, kPercentApart, kMoneyLast},
    {"fr_CH", ",", kNarrow, kPercent, kMoneyLast, "-", "E", "NaN", "."},
    {"hu", ",", kBlank, kPercent, kMoneyLast},
    {"it", ",", ".", kPercent, kMoneyLast},
    {"it_CH", ".", kTick, kPercent, "¤\u00A0#,##0.00;¤-#,##0.00"},
    {"nb", ",", kBlank, kPercentApart, kMoneyFirstApart, kMinus},
    {"nl", ",", ".", kPercent, "¤\u00A0#,##0.00;¤\u00A0-#,##0.00"},
    {"pl", ",", kBlank, kPercent, kMoneyLast},
    {"pt", ",", ".", kPercent, kMoneyFirstApart},
    {"pt_PT", ",", kBlank, kPercent, kMoneyLast},
    {"ru", ",", kBlank, kPercentApart, kMoneyLast, "-", "E", "не\u00A0число"},
    {"sv", ",", kBlank, kPercentApart, kMoneyLast, kMinus, "×10^"},
    {"tr", ",", ".", "%#,##0", kMoneyFirst},
    {"uk", ",", kBlank, kPercent, kMoneyLast, "-", "Е"},
    {"zh_HK", ".", ",", kPercent, kMoneyFirst, "-", "E", "非數值"},
    {"zh_TW", ".", ",", kPercent, kMoneyFirst, "-", "E", "非數值"},
};
static_assert(std::ranges::is_sorted(kRows, {}, &Row::locale));

struct Currency {
  std::string_view country, symbol, code;
};
constexpr Currency kCurrencies[] = {
    {"AT", "€", "EUR"},   {"AU", "$", "AUD"},  {"BE", "€", "EUR"},  {"BR", "R$", "BRL"}, {"CA", "$", "CAD"},
    {"CH", "CHF", "CHF"}, {"CN", "¥", "CNY"},  {"CZ", "Kč", "CZK"}, {"DE", "€", "EUR"},  {"DK", "kr.", "DKK"},
    {"ES", "€", "EUR"},   {"FI", "€", "EUR"},  {"FR", "€", "EUR"},  {"GB", "£", "GBP"},  {"GR", "€", "EUR"},
    {"HK", "HK$", "HKD"}, {"HU", "Ft", "HUF"}, {"IE", "€", "EUR"},  {"IN", "₹", "INR"},  {"IT", "€", "EUR"},
    {"JP", "￥", "JPY"},  {"KR", "₩", "KRW"},  {"MX", "$", "MXN"},  {"NL", "€", "EUR"},  {"NO", "kr", "NOK"},
    {"NZ", "$", "NZD"},   {"PL", "zł", "PLN"}, {"PT", "€", "EUR"},  {"RU", "₽", "RUB"},  {"SE", "kr", "SEK"},
    {"TR", "₺", "TRY"},   {"TW", "$", "TWD"},  {"UA", "₴", "UAH"},  {"US", "$", "USD"},  {"ZA", "R", "ZAR"},
};
static_assert(std::ranges::is_sorted(kCurrencies, {}, &Currency::country));

const Row* find_row(std::string_view locale) {
  const auto* row = std::ranges::lower_bound(kRows, locale, {}, &Row::locale);
  return row != std::end(kRows) && row->locale == locale ? row : nullptr;
}
/// Of the country in it, else of its language, else of English.
const Row& row_of(std::string_view locale) {
  const auto language_end = std::min(locale.find('_'), locale.size());
  const auto country_end = std::min(locale.find('_', std::min(language_end + 1, locale.size())), locale.size());
  if (const Row* row = find_row(locale.substr(0, country_end))) return *row;
  if (const Row* row = find_row(locale.substr(0, language_end))) return *row;
  return *find_row("en");
}
std::string_view country_of(std::string_view locale) {
  const auto cut = locale.find('_');
  return cut == std::string_view::npos ? std::string_view() : locale.substr(cut + 1, 2);
}

}  // namespace

DecimalSymbols decimal_symbols_of(std::string_view locale) {
  const Row& row = row_of(locale);
  DecimalSymbols out;
  out.point = row.point;
  out.group = row.group;
  out.minus = row.minus;
  out.exponent = row.exponent;
  out.nan = row.nan;
  out.money_point = row.money_point.empty() ? row.point : row.money_point;
  out.money_group = row.money_group.empty() ? row.group : row.money_group;
  const auto* found = std::ranges::lower_bound(kCurrencies, country_of(locale), {}, &Currency::country);
  const bool is_known = found != std::end(kCurrencies) && found->country == country_of(locale);
  out.currency = is_known ? found->symbol : std::string_view("¤");
  out.currency_code = is_known ? found->code : std::string_view("XXX");
  if (row.locale == "fr_CA") out.currency = "$\u00A0CA";
  if (row.locale == "it_CH") out.currency = "SFr.";
  return out;
}

std::string_view percent_pattern_of(std::string_view locale) { return row_of(locale).percent; }

/// Yen and won have no hundredths.
std::string money_pattern_of(std::string_view locale) {
  std::string out(row_of(locale).money);
  const auto country = country_of(locale);
  if (country != "JP" && country != "KR") return out;
  for (auto at = out.find(".00"); at != std::string::npos; at = out.find(".00")) out.erase(at, 3);
  return out;
}

}  // namespace windlass::text
