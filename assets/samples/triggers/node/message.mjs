// Words the message of a sign-up. Bind it to CustomMessage; e-mails need EmailSendingAccount DEVELOPER.

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export async function handler(event) {
  const { request, response } = event;
  const name = request.userAttributes.given_name ?? event.userName;
  if (["CustomMessage_SignUp", "CustomMessage_ResendCode"].includes(event.triggerSource)) {
    response.emailSubject = "Welcome to the club";
    response.emailMessage = `<p>Dear ${escape(name)}, your code is ${request.codeParameter}.</p>`;
    response.smsMessage = `Your club code is ${request.codeParameter}`;
  }
  return event;
}
