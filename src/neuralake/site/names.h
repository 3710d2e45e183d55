#pragma once

#include <string>
#include <string_view>

namespace neuralake::site {

// Where things stand in the site. Pure functions of the names, so that a link can be made without
// looking at the other page and stays the same as long as the table keeps its name.

/// A file name for `name` that every file system can hold and that differs for different names,
/// also where upper and lower case are the same. 1..100 bytes.
std::string FileName(std::string_view name);

/// `tables/aviation/flights.html`.
std::string TablePath(std::string_view database, std::string_view table);

/// `databases/aviation.html`.
std::string DatabasePath(std::string_view database);

/// The way from the page at `path` back to the site's root: `../../`; empty for a page at the root.
std::string RootFrom(std::string_view path);

/// The `id` of a column's row: `column-dep_delay`. Also right after `#` in a link.
std::string ColumnAnchor(std::string_view column);

}  // namespace neuralake::site
