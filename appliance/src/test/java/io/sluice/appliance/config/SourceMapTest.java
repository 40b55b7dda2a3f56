// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceMapTest {
    @Test
    void shouldFindKeysBelowTablesAndArraysOfTables() {
        SourceMap map = SourceMap.of("""
                # comment
                top = 1

                [a.b]
                "quoted key" = 'x'  # [[no]]
                c.d = [1,
                  2, # two
                  { e = 3, f = "}" },
                ]
                [[t]]
                x = \"""
                  [not.a.table]
                \"""
                y = '''
                '''
                [[t]]
                  [[t.u]]
                  z = 1
                  [[t.u]]
                  z = 2
                  [t.v]
                  w = 5
                """);
        assertThat(map.line("top")).isEqualTo(2);
        assertThat(map.line("a.b")).isEqualTo(4);
        assertThat(map.line("a.b.quoted key")).isEqualTo(5);
        assertThat(map.line("a.b.c.d")).isEqualTo(6);
        assertThat(map.line("a.b.c.d[1]")).isEqualTo(7);
        assertThat(map.line("a.b.c.d[2].f")).isEqualTo(8);
        assertThat(map.line("t[0].x")).isEqualTo(11);
        assertThat(map.line("t[0].y")).isEqualTo(14);
        assertThat(map.line("t[1]")).isEqualTo(16);
        assertThat(map.line("t[1].u[0].z")).isEqualTo(18);
        assertThat(map.line("t[1].u[1].z")).isEqualTo(20);
        assertThat(map.line("t[1].v.w")).isEqualTo(22);
    }

    @Test
    void shouldFallBackToTheTableAroundAPathThatIsNotThere() {
        SourceMap map = SourceMap.of("\n[a]\nb = 1\n");
        assertThat(map.line("a.missing.deeper")).isEqualTo(2);
        assertThat(map.line("other")).isEqualTo(1);
    }

    @Test
    void shouldEndOnTextThatIsNoToml() {
        for (String text :
                new String[] {"[", "[[", "a = [", "a = {", "a = \"", "= 1", "[a", "a = [ } ]", "a = { ] }", "]]"}) {
            assertThat(SourceMap.of(text).line("a")).isPositive();
        }
    }
}
