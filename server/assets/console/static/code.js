// A code that came with the address, from the square on another telephone: it stands behind #, which no server sees.
const field = document.getElementById("code");
const given = decodeURIComponent(location.hash.slice(1));
if (field && given) {
  field.value = given;
  history.replaceState(null, "", location.pathname);
  field.focus();
}
