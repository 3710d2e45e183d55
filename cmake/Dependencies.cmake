# What `scripts/setup` installed, as targets. Versions live in deps/manifest.toml.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(pugixml REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
# First on every link line: libparquet exports a newer simdjson of its own, and whichever library
# comes first is the one that our calls reach.
add_link_options($<TARGET_FILE:simdjson::simdjson>)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)

find_library(roaring_library roaring REQUIRED)  # packaged without a pkg-config file

# Boost is used header-only (Asio, Beast), in the version that Debian packages beside its default.
find_package(Boost 1.81 REQUIRED)

# The real paths go into the run path, so that a moved symbolic link does not break a built binary.
file(REAL_PATH ${CMAKE_SOURCE_DIR}/deps/duckdb NEURALAKE_DUCKDB)
file(REAL_PATH ${CMAKE_SOURCE_DIR}/.venv NEURALAKE_VENV)
file(GLOB NEURALAKE_PYARROW ${NEURALAKE_VENV}/lib/python3*/site-packages/pyarrow)
if(NOT EXISTS ${NEURALAKE_DUCKDB}/lib/libduckdb.so OR NOT NEURALAKE_PYARROW)
  message(FATAL_ERROR "dependencies are missing: run scripts/setup (or any make target) first")
endif()

# imported(<name> <library file> <include folder>...)
function(neuralake_imported name library)
  add_library(${name} SHARED IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${library})
  if(ARGN)
    target_include_directories(${name} SYSTEM INTERFACE ${ARGN})
  endif()
endfunction()

neuralake_imported(roaring ${roaring_library})

file(GLOB arrow_library ${NEURALAKE_PYARROW}/libarrow.so.[0-9]*)
file(GLOB parquet_library ${NEURALAKE_PYARROW}/libparquet.so.[0-9]*)
neuralake_imported(arrow ${arrow_library} ${NEURALAKE_PYARROW}/include)
neuralake_imported(parquet ${parquet_library} ${NEURALAKE_PYARROW}/include)
target_link_libraries(parquet INTERFACE arrow)

set(duckdb_include ${NEURALAKE_DUCKDB}/include)
file(GLOB duckdb_third_party ${duckdb_include}/third_party/*)
# Its copy of fmt would hide the system's, and no header that we include wants it.
list(FILTER duckdb_third_party EXCLUDE REGEX "/fmt$")
neuralake_imported(duckdb ${NEURALAKE_DUCKDB}/lib/libduckdb.so
                   ${duckdb_include}/core ${duckdb_include}/parquet ${duckdb_third_party})

set(CMAKE_BUILD_RPATH ${NEURALAKE_DUCKDB}/lib ${NEURALAKE_PYARROW})

if(NEURALAKE_TESTS)
  find_package(GTest REQUIRED)
endif()
