// A mail as steps compose it, and the texts of its headers. Pure: no network, no clock.
//
// Invariant: no address and no header text holds a line break, so nobody can add a header or a recipient (T44).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace windlass::steps {

struct MailAddress {
  std::string name;     ///< may be empty
  std::string address;  ///< user@host
};

struct MailAttachment {
  std::string name;
  std::string content_type;
  std::string bytes;
};

struct MailMessage {
  MailAddress from;
  std::vector<MailAddress> to, cc, bcc, reply_to;
  std::string subject;       ///< UTF-8, one line
  std::string body;          ///< bytes in `charset`
  std::string content_type;  ///< "text/plain; charset=UTF-8"
  std::vector<MailAttachment> attachments;
  std::string date;        ///< RFC 5322
  std::string message_id;  ///< without angle brackets
};

/// Addresses in a text: separated by commas, semicolons or blanks; `Name <user@host>` is one. What cannot be an address
/// is put into `refused`.
std::vector<MailAddress> parse_addresses(std::string_view text, std::vector<std::string>& refused);

/// `Name <user@host>` or `user@host`, the name encoded where it is not ASCII.
std::string format_address(const MailAddress& address);
/// The same as people read it, without encodings.
std::string show_address(const MailAddress& address);
std::string show_addresses(const std::vector<MailAddress>& addresses);

/// A header's text by RFC 2047 where it is not ASCII; line breaks become blanks.
std::string encode_header(std::string_view utf8);
/// Line breaks and other control characters as blanks.
std::string one_line(std::string_view text);

/// All headers but those of the body's own MIME part, in order. Bcc is not one.
std::vector<std::string> format_headers(const MailMessage& message);

}  // namespace windlass::steps
