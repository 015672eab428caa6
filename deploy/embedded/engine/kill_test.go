package engine

import "testing"

func TestWithOurIDs(t *testing.T) {
	t.Parallel()
	const ours = "Settings['chdb_client_name']"
	for sql, want := range map[string]string{
		"KILL QUERY WHERE query_id = 'x'":                              "KILL QUERY WHERE (query_id = 'x' OR " + ours + " = 'x')",
		"/* stop */ kill query where `query_id`='x' AND user='u' SYNC": "/* stop */ kill query where (query_id='x' OR " + ours + "='x') AND user='u' SYNC",
		"KILL QUERY WHERE query_id = {id:String} ASYNC":                "KILL QUERY WHERE (query_id = {id:String} OR " + ours + " = {id:String}) ASYNC",
		"KILL QUERY WHERE query_id IN ('x', concat('y', 'z'))":         "KILL QUERY WHERE (query_id IN ('x', concat('y', 'z')) OR " + ours + " IN ('x', concat('y', 'z')))",
		"KILL QUERY WHERE query_id = 'x' OR query_id = 'y'":            "KILL QUERY WHERE (query_id = 'x' OR " + ours + " = 'x') OR (query_id = 'y' OR " + ours + " = 'y')",

		// What does not name one id stays libchdb's, and so does everything else.
		"KILL QUERY WHERE query_id != 'x'":                    "KILL QUERY WHERE query_id != 'x'",
		"KILL QUERY WHERE query_id LIKE 'x%'":                 "KILL QUERY WHERE query_id LIKE 'x%'",
		"KILL QUERY WHERE query = 'query_id = 1'":             "KILL QUERY WHERE query = 'query_id = 1'",
		"KILL QUERY WHERE query_id":                           "KILL QUERY WHERE query_id",
		"KILL QUERY WHERE query_id =":                         "KILL QUERY WHERE query_id =",
		"KILL QUERY WHERE query_id IN ('x'":                   "KILL QUERY WHERE (query_id IN ('x' OR " + ours + " IN ('x')",
		"KILL MUTATION WHERE mutation_id = 'query_id'":        "KILL MUTATION WHERE mutation_id = 'query_id'",
		"SELECT * FROM system.processes WHERE query_id = 'x'": "SELECT * FROM system.processes WHERE query_id = 'x'",
		"": "",
	} {
		if got := withOurIDs(sql); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", sql, got, want)
		}
	}
}
