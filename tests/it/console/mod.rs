//! Pages of the console, asked for as a browser without scripts does.

mod resident;
