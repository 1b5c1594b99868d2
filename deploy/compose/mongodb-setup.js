/**
 * For mongosh: makes a replica set of one member, and the user of the programs with the role of a file. What is there already stays,
 * and gets the password and the rights that are wanted now.
 */

const { readFileSync } = require('node:fs');

const { MONGODB_HOST, MONGODB_DB, MONGODB_ADMIN_PASSWORD, MONGODB_PASSWORD, MONGODB_ROLE_FILE } = process.env;
const USER = 'programs';
const ATTEMPTS = 60;

/** A server that makes its files restarts once. */
function connectedAdmin() {
  const uri = `mongodb://admin:${MONGODB_ADMIN_PASSWORD}@${MONGODB_HOST}/?authSource=admin&directConnection=true`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return connect(uri).getSiblingDB('admin');
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      sleep(1_000);
    }
  }
}

function becomePrimary(admin) {
  if (admin.hello().setName === undefined) {
    admin.runCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: MONGODB_HOST }] } });
  }
  for (let attempt = 1; !admin.hello().isWritablePrimary; attempt += 1) {
    if (attempt === ATTEMPTS) throw new Error('the replica set has no primary');
    sleep(1_000);
  }
}

function ensureUser(admin) {
  const { createRole: role, privileges, roles } = JSON.parse(readFileSync(MONGODB_ROLE_FILE, 'utf8'));
  const own = privileges.map(({ resource, actions }) => ({ resource: { ...resource, db: MONGODB_DB }, actions }));
  const roleCommand = admin.getRole(role) === null ? 'createRole' : 'updateRole';
  admin.runCommand({ [roleCommand]: role, privileges: own, roles });
  const userCommand = admin.getUser(USER) === null ? 'createUser' : 'updateUser';
  admin.runCommand({ [userCommand]: USER, pwd: MONGODB_PASSWORD, roles: [role] });
}

const admin = connectedAdmin();
becomePrimary(admin);
ensureUser(admin);
print(`The replica set is ready, and so is the user ${USER}.`);
