package engine

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

// databasePattern is a database's name, or the beginning of names and an asterisk.
var databasePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*\*?$`)

// databaseRights is what the user default may do in the databases it is given.
// Dictionaries are left out: their sources reach out of the data folder.
const databaseRights = "SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, " +
	"DROP DATABASE, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE, SYSTEM VIEWS, SYSTEM MERGES"

// configTemplate is the engine's whole configuration. Sizes are for a small machine
// that the engine shares with the rest of the stack. Settings that differ between
// versions of ClickHouse, and on which our inserts depend, are pinned in the profile.
var configTemplate = template.Must(template.New("config").Funcs(template.FuncMap{"xml": escapeXML}).Parse(`<clickhouse>
  <timezone>UTC</timezone>
  <logger><errorlog>{{xml .ErrorLog}}</errorlog><size>10M</size><count>2</count></logger>
  <user_files_path>{{xml .UserFiles}}</user_files_path>
  <remote_url_allow_hosts></remote_url_allow_hosts>

  <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>

  <user_directories><users_xml><path>{{xml .Self}}</path></users_xml></user_directories>
  <profiles><default>
    <async_insert>0</async_insert>
    <log_queries>0</log_queries>
  </default></profiles>
  <quotas><default></default></quotas>
  <users><default>
    <password></password>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
{{- range .Databases}}
      <query>GRANT {{$.Rights}} ON {{.}}.*</query>
{{- end}}
      <query>GRANT SHOW, SELECT ON system.*</query>
      <query>GRANT CREATE TEMPORARY TABLE, KILL QUERY ON *.*</query>
    </grants>
  </default></users>
</clickhouse>
`))

func escapeXML(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// writeConfig writes the engine's configuration into the data folder and returns
// the arguments to boot it with.
func writeConfig(dataDir string, databases []string) ([]string, error) {
	for _, name := range databases {
		if !databasePattern.MatchString(name) {
			return nil, fmt.Errorf("database %q: want a name, or the beginning of names and *", name)
		}
	}
	self, userFiles := filepath.Join(dataDir, "engine.xml"), filepath.Join(dataDir, "user_files")
	var b bytes.Buffer
	if err := configTemplate.Execute(&b, map[string]any{
		"Self": self, "UserFiles": userFiles + "/", "ErrorLog": filepath.Join(dataDir, "engine.err.log"),
		"Rights": databaseRights, "Databases": databases,
	}); err != nil {
		return nil, fmt.Errorf("engine configuration: %w", err)
	}
	if err := os.WriteFile(self, b.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("engine configuration: %w", err)
	}
	if err := os.MkdirAll(userFiles, 0o700); err != nil {
		return nil, fmt.Errorf("engine configuration: %w", err)
	}
	return []string{"--path=" + filepath.Join(dataDir, "store"), "--config-file=" + self}, nil
}
