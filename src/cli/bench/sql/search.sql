\set n random(1, {terms})
select low, high, lows, highs from bench.terms where n = :n \gset
{search};
