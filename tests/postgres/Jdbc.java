import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/** What a program does with the JDBC driver; prints one line a step, which the test compares. */
public class Jdbc {
  public static void main(String[] arguments) throws Exception {
    for (String mode : new String[] {"extended", "simple"}) {
      Properties properties = new Properties();
      properties.setProperty("user", "tester");
      properties.setProperty("preferQueryMode", mode);
      // From the first execution on, so that binary transfer is seen too.
      properties.setProperty("prepareThreshold", "1");
      try (Connection connection = DriverManager.getConnection(arguments[0], properties)) {
        run(mode, connection, arguments[1]);
      }
    }
  }

  private static void say(String mode, String what, Object value) {
    System.out.println(mode + " " + what + ": " + value);
  }

  private static void run(String mode, Connection connection, String fourKinds) throws Exception {
    DatabaseMetaData data = connection.getMetaData();
    say(mode, "product", data.getDatabaseProductName() + " " + data.getDatabaseMajorVersion());
    say(mode, "schemas", column(data.getSchemas(), "TABLE_SCHEM"));
    say(mode, "tables", column(data.getTables(null, "shop", "o%", null), "TABLE_NAME"));
    say(mode, "remarks", column(data.getTables(null, "shop", "orders", null), "REMARKS"));
    say(mode, "columns", column(data.getColumns(null, "shop", "orders", null), "COLUMN_NAME"));
    say(mode, "types", column(data.getColumns(null, "shop", "orders", null), "TYPE_NAME"));
    say(mode, "sizes", column(data.getColumns(null, "shop", "orders", "amount"), "COLUMN_SIZE"));
    say(mode, "keys", column(data.getPrimaryKeys(null, "shop", "orders"), "COLUMN_NAME"));
    say(mode, "indexes", column(data.getIndexInfo(null, "shop", "orders", false, true), "INDEX_NAME"));
    say(mode, "imported", column(data.getImportedKeys(null, "shop", "orders"), "FKTABLE_NAME"));
    say(mode, "catalogs", column(data.getCatalogs(), "TABLE_CAT"));
    say(mode, "functions", column(data.getFunctions(null, null, "none%"), "FUNCTION_NAME"));

    try (PreparedStatement statement = connection.prepareStatement(fourKinds)) {
      for (int times = 0; times < 3; ++times) {
        statement.setInt(1, 40);
        try (ResultSet rows = statement.executeQuery()) {
          List<String> seen = new ArrayList<>();
          while (rows.next()) {
            seen.add(rows.getLong(1) + " " + rows.getString("product") + " " + rows.getBigDecimal(4));
          }
          say(mode, "join", seen);
        }
      }
    }
    values(mode, connection);
    parameters(mode, connection);
    fetch(mode, connection);
    errors(mode, connection);
  }

  private static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) values.add(rows.getString(name));
    rows.close();
    return values;
  }

  private static void values(String mode, Connection connection) throws SQLException {
    String sql = "SELECT * FROM shop.types WHERE id = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int times = 0; times < 2; ++times) {
        statement.setInt(1, 1);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          say(mode, "values", row.getBoolean("flag") + " " + row.getShort("tiny") + " "
              + row.getInt("whole") + " " + row.getLong("big") + " " + row.getFloat("real") + " "
              + row.getDouble("double") + " " + row.getBigDecimal("exact") + " "
              + row.getString("text") + " " + row.getBytes("bytes").length + " "
              + row.getObject("day", java.time.LocalDate.class) + " "
              + row.getObject("instant", java.time.OffsetDateTime.class).toInstant() + " "
              + row.getObject("local", java.time.LocalDateTime.class) + " "
              + Arrays.toString((Object[]) row.getArray("list").getArray()) + " " + row.getString("point"));
        }
      }
    }
  }

  private static void parameters(String mode, Connection connection) throws SQLException {
    String sql = "SELECT ?::BOOLEAN, ?::BIGINT, ?::DOUBLE, ?::DECIMAL(10,2), ?::TEXT, ?::DATE, ?::BIGINT";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBoolean(1, true);
      statement.setLong(2, 1L << 40);
      statement.setDouble(3, 1.25);
      statement.setBigDecimal(4, new BigDecimal("12.50"));
      statement.setString(5, "it's ß");
      statement.setObject(6, java.time.LocalDate.of(2024, 2, 29));
      statement.setNull(7, Types.BIGINT);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        List<String> seen = new ArrayList<>();
        for (int i = 1; i <= 7; ++i) seen.add(row.getString(i));
        say(mode, "parameters", seen);
      }
    }
  }

  private static void fetch(String mode, Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET row_limit = 0");
      statement.setFetchSize(500);
      long sum = 0;
      try (ResultSet rows = statement.executeQuery("SELECT n FROM store.big WHERE n < 12345")) {
        while (rows.next()) sum += rows.getLong(1);
      }
      say(mode, "sum in parts", sum);
      statement.execute("RESET row_limit");
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void errors(String mode, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT * FROM shop.nowhere");
    } catch (SQLException error) {
      say(mode, "error", error.getSQLState());
    }
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(3);
      try (ResultSet rows = statement.executeQuery("SELECT n FROM store.big ORDER BY n")) {
        int count = 0;
        while (rows.next()) ++count;
        say(mode, "at most", count);
      }
    }
  }
}
