-- A function that finds its tables where the caller says.
alter function gate.enter(text, bytea) reset search_path;
