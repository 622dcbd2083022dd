document.getElementById("saml").submit();
