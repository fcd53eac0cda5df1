\set r random(1, 2)
\if :r = 1
\set k {big}
\set patients {most}
\else
\set k random({low}, {high})
\set patients {fewest}
\endif
