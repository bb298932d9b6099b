// Rules for the pages that the browser tests save under var/html/.
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Django's and our own templates write <!doctype html>.
    "doctype-style": ["error", { style: "lowercase" }],
    // The content security policy blocks inline styles.
    "no-inline-style": "error",
    // Check boxes of one group share their name, as radio buttons do.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // Narrow screens lay tables out as blocks, which makes browsers drop their roles: we write them out.
    "no-redundant-role": "off",
    // A scrolling container is a region with a name and a tab stop, not a section of the document.
    "prefer-native-element": ["error", { exclude: ["region"] }],
    // A title names the page, the authority and the site: longer than 70 characters at times.
    "long-title": "off",
    // The button of some forms stands beside another one and names its form by the attribute « form ».
    "wcag/h32": "off",
    "no-trailing-whitespace": "off",
  },
};
